package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteErrorCode;

/** SQLite's quick check of a database's structure, which ends when its time is up. */
final class StructureCheck extends ProgressHandler {
    /** Pages or instructions between two looks at the clock. */
    private static final int STEPS = 100;

    /** Counts entries of an index, which the quick check does not compare with the rows. */
    private static final String FALSE_AMENDMENTS =
            "SELECT count(*) FROM event AS entry INDEXED BY amendment WHERE raises IS NOT NULL"
                    + " AND raises IS NOT (SELECT raises FROM event AS row WHERE row.number = entry.number)";

    private final long end;

    private StructureCheck(long end) {
        this.end = end;
    }

    /** The first damage that is found within a time; null if there is none. */
    static @Nullable String run(Connection connection, Duration limit) throws SQLException {
        ProgressHandler.setHandler(connection, STEPS, new StructureCheck(System.nanoTime() + limit.toNanos()));
        try {
            String found = quick(connection, "1");
            return found == null
                            && SqliteDatabase.version(connection) == SqliteDatabase.VERSION
                            && Sql.integer(connection, FALSE_AMENDMENTS) > 0
                    ? "index amendment differs from table event"
                    : found;
        } catch (SQLException e) {
            if (e.getErrorCode() == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
                return null; // the time is up
            }
            throw e;
        } finally {
            ProgressHandler.clearHandler(connection);
        }
    }

    /**
     * The first damage that the quick check finds; null if there is none.
     *
     * @param what 1 for everything, or a table in quotes
     */
    static @Nullable String quick(Connection connection, String what) throws SQLException {
        String found = Sql.text(connection, "PRAGMA quick_check(" + what + ")");
        return found.equals("ok") ? null : found.substring(found.lastIndexOf('\n') + 1); // below a heading
    }

    @Override
    protected int progress() {
        return System.nanoTime() - end < 0 ? 0 : 1;
    }
}
