package io.usageexporter.ledger;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.LongSupplier;

/**
 * Commits to a ledger, numbers the commits, and marks them in the file.
 *
 * @param failed drops what a failed transaction left behind in statements
 */
record Transactions(Connection connection, LogTable log, MarkWriter mark, Cleanup failed) {
    /** The body of a transaction. */
    interface Work {
        /** Returns what to do after the commit. */
        Runnable run() throws SQLException;
    }

    /** See {@link #failed()}. */
    interface Cleanup {
        void run() throws SQLException;
    }

    /** @param lastNumber of the newest event after the commit */
    void run(Work work, LongSupplier lastNumber) throws SQLException, IOException {
        SqliteDatabase.execute(connection, "BEGIN IMMEDIATE");
        boolean done = false;
        try {
            Runnable committed = work.run();
            log.write();
            SqliteDatabase.execute(connection, "COMMIT");
            done = true;
            committed.run();
            log.committed();
        } finally {
            if (!done) {
                rollback(); // after any failure, even running out of memory
            }
        }
        mark.write(lastNumber.getAsLong(), log.row());
        if (log.checkpointIfLong()) {
            mark.write(lastNumber.getAsLong(), log.row());
        }
    }

    private void rollback() {
        try {
            failed.run();
            SqliteDatabase.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // SQLite has already rolled back, as after a disk error; the first failure is the one to report.
        }
    }
}
