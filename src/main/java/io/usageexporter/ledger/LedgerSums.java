package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Counts and sums by which a ledger is compared with a copy of it. */
final class LedgerSums {
    /** Few enough for one answer of a server. */
    private static final long STEP = 1_000_000;

    private LedgerSums() {}

    /** A line for the events, and one for each other table, with the sum of its rows' check values. */
    static List<String> of(Connection connection) throws SQLException {
        var lines = new ArrayList<String>();
        lines.add(events(connection));
        for (String table : LedgerTransfer.COPIED) {
            lines.add(table(connection, table));
        }
        lines.add(table(connection, "undoing"));
        return lines;
    }

    private static String table(Connection connection, String table) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT count(*), coalesce(sum(check_value), 0) FROM " + table)) {
            row.next();
            return row.getLong(1) + " rows with checksum " + row.getLong(2) + " in table " + table;
        }
    }

    private static String events(Connection connection) throws SQLException {
        long last = EventRows.lastNumber(connection);
        long events = 0;
        long numbers = 0;
        long ids = 0;
        long amendments = 0;
        for (long from = 1; from <= last; from += STEP) {
            try (var statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT count(*), coalesce(sum(number), 0), count(id), count(raises) FROM event"
                                    + " WHERE number >= " + from + " AND number < " + (from + STEP))) {
                row.next();
                events += row.getLong(1);
                numbers += row.getLong(2);
                ids += row.getLong(3);
                amendments += row.getLong(4);
            }
        }
        return events + " events with " + ids + " ids and " + amendments + " amendments, whose numbers sum up to "
                + numbers;
    }
}
