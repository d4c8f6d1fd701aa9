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

    private final long end;

    private StructureCheck(long end) {
        this.end = end;
    }

    /** The first damage that is found within a time; null if there is none. */
    static @Nullable String run(Connection connection, Duration limit) throws SQLException {
        ProgressHandler.setHandler(connection, STEPS, new StructureCheck(System.nanoTime() + limit.toNanos()));
        try {
            String found = SqliteDatabase.text(connection, "PRAGMA quick_check(1)");
            return found.equals("ok") ? null : found.substring(found.lastIndexOf('\n') + 1); // below a heading
        } catch (SQLException e) {
            if (e.getErrorCode() == SQLiteErrorCode.SQLITE_INTERRUPT.code) {
                return null; // the time is up
            }
            throw e;
        } finally {
            ProgressHandler.clearHandler(connection);
        }
    }

    @Override
    protected int progress() {
        return System.nanoTime() - end < 0 ? 0 : 1;
    }
}
