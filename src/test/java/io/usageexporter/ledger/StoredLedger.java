package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.RecordedEvent;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a ledger holds, which verifies.
 *
 * @param lines the rows of all tables but those by which a file keeps events short and finds them
 */
record StoredLedger(List<RecordedEvent> events, List<String> lines) {
    static StoredLedger of(LedgerAddress address) throws Exception {
        try (LedgerReader reader = address.read()) {
            assertThat(reader.verify().differences()).isEmpty();
        }
        try (Connection connection = connect(address)) {
            var events = new ArrayList<RecordedEvent>();
            EventRows.forEach(connection, events::add);
            var lines = new ArrayList<>(events.stream().map(String::valueOf).toList());
            for (String table : LedgerTransfer.COPIED) {
                lines.addAll(rows(connection, table, CheckedRows.select(table)));
            }
            lines.addAll(rows(connection, "undoing", UndoingTable.SELECT));
            return new StoredLedger(events, lines);
        }
    }

    static Connection connect(LedgerAddress address) throws SQLException {
        return DriverManager.getConnection(
                address instanceof LedgerAddress.Shared shared ? shared.url() : "jdbc:sqlite:" + address);
    }

    private static List<String> rows(Connection connection, String table, String select) throws SQLException {
        var rows = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            while (row.next()) {
                var line = new StringBuilder(table);
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    line.append('|').append(row.getString(i));
                }
                rows.add(line.toString());
            }
        }
        return rows.stream().sorted().toList();
    }
}
