package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.ledger.LedgerMigration.Progress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies a ledger, row by row. Events never change once they are recorded, so that a copy can go on where an earlier one
 * ended; everything else is copied again each time, at the end. Fails at the first row that is not as it was written.
 *
 * @param chunk how many rows are committed together
 */
record LedgerTransfer(SqlReader source, CopyTarget target, int chunk, Progress progress) {
    static final int CHUNK = 10_000;

    private static final String IDENTITY = "identity";
    private static final String ID = "SELECT id FROM " + IDENTITY;

    /** All but that of codes, which a file makes for itself. */
    static final List<String> COPIED =
            CheckedRows.tables().stream().filter(table -> !table.equals("name")).toList();

    /** Copies the events that the target does not have yet, and reads everything else, lest {@link #complete} find damage. */
    void prepare() throws LedgerException {
        begin();
        source.visit(from -> {
            copyEvents(from);
            for (String table : COPIED) {
                CheckedRows.check(from, table, "1 = 1");
            }
            new UndoingTable(from).check();
        });
    }

    /** Makes the target a copy of this ledger and no other. */
    private void begin() throws LedgerException {
        source.visit(from -> {
            if (target.lastNumber() == 0) {
                copy(from, IDENTITY);
                return;
            }
            var id = new String[1];
            target.write(to -> id[0] = Sql.text(to, ID));
            if (!Sql.text(from, ID).equals(id[0])) {
                throw new LedgerException("there is an incomplete copy of another ledger; remove it, or choose"
                        + " a new file or an empty database");
            }
        });
    }

    /**
     * Copies what is left, compares the two, and opens the target to exporters.
     *
     * @return the number of events in it
     */
    long complete() throws LedgerException {
        return source.read(from -> {
            copyEvents(from);
            for (String table : COPIED) {
                if (!table.equals(IDENTITY)) { // by which the copy is known
                    copy(from, table);
                }
            }
            new UndoingTable(from).check();
            copy(from, "undoing", UndoingTable.SELECT, UndoingTable.INSERT, false);
            keep(from);
            compare(from);
            target.write(LedgerState.OPEN::store);
            return new TotalsReader(from).events();
        });
    }

    private void copyEvents(Connection from) throws SQLException, LedgerException {
        long last = EventRows.lastNumber(from);
        for (long next = target.lastNumber() + 1; next <= last; next += chunk) {
            var rows = new ArrayList<RecordedEvent>();
            EventRows.forEach(from, null, next, next + chunk, rows::add);
            if (!rows.isEmpty()) { // else all were pruned
                target.add(rows);
            }
            progress.copied(Math.min(next + chunk - 1, last), last);
        }
    }

    private void copy(Connection from, String table) throws SQLException, LedgerException {
        copy(from, table, CheckedRows.select(table), CheckedRows.insert(table), true);
    }

    private void copy(Connection from, String table, String select, String insert, boolean isChecked)
            throws SQLException, LedgerException {
        target.write(to -> Sql.execute(to, "DELETE FROM " + table));
        try (PreparedStatement all = from.prepareStatement(select)) {
            all.setFetchSize(1000);
            try (ResultSet row = all.executeQuery()) {
                List<@Nullable Object[]> rows;
                do {
                    rows = rows(row);
                    for (@Nullable Object[] fields : rows) {
                        if (isChecked) {
                            CheckedRows.check(table, fields);
                        }
                    }
                    put(insert, rows);
                } while (rows.size() == chunk);
            }
        }
    }

    private List<@Nullable Object[]> rows(ResultSet row) throws SQLException {
        var rows = new ArrayList<@Nullable Object[]>();
        while (rows.size() < chunk && row.next()) {
            var fields = new @Nullable Object[row.getMetaData().getColumnCount()];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = row.getObject(i + 1);
            }
            rows.add(fields);
        }
        return rows;
    }

    private void put(String sql, List<@Nullable Object[]> rows) throws LedgerException {
        if (rows.isEmpty()) {
            return;
        }
        target.write(to -> {
            try (PreparedStatement insert = to.prepareStatement(sql)) {
                for (@Nullable Object[] fields : rows) {
                    for (int i = 0; i < fields.length; i++) {
                        insert.setObject(i + 1, fields[i]);
                    }
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        });
    }

    /** Takes away the events that were pruned since an earlier attempt copied them. */
    private void keep(Connection from) throws SQLException, LedgerException {
        List<Long> kept = unpruned(from);
        target.write(to -> {
            if (Sql.isSqlite(to)) {
                Set<Long> gone = new HashSet<>(unpruned(to));
                kept.forEach(gone::remove);
                for (long number : gone) {
                    Sql.execute(to, "DELETE FROM event WHERE number = " + number);
                }
            } else {
                Sql.execute(to, "DELETE FROM kept_event");
                new KeptEvents(to).add(kept);
            }
        });
    }

    /** The numbers of the events that stay among pruned ones. */
    private static List<Long> unpruned(Connection connection) throws SQLException {
        var numbers = new ArrayList<Long>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT number FROM event WHERE number <= (SELECT through FROM pruning)")) {
            while (row.next()) {
                numbers.add(row.getLong(1));
            }
        }
        return numbers;
    }

    private void compare(Connection from) throws SQLException, LedgerException {
        List<String> expected = LedgerSums.of(from);
        var copied = new ArrayList<String>();
        target.write(to -> copied.addAll(LedgerSums.of(to)));
        for (int i = 0; i < expected.size(); i++) {
            if (!expected.get(i).equals(copied.get(i))) {
                throw new LedgerException("the copy is not complete: it has " + copied.get(i) + ", the ledger has "
                        + expected.get(i) + "; remove the copy, and make another");
            }
        }
    }
}
