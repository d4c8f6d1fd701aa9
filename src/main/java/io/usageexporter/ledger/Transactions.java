package io.usageexporter.ledger;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.LongSupplier;

/** Commits to a ledger, numbers the commits, and marks them in the file. */
final class Transactions implements AutoCloseable {
    private final Connection connection;
    private final LogTable log;
    private final MarkWriter mark;
    private final Cleanup failed;
    private final LastingStatement begin;
    private final LastingStatement commit;

    /** The body of a transaction. */
    interface Work {
        /** Returns what to do after the commit. */
        Runnable run() throws SQLException;
    }

    /** Drops what a failed transaction left behind in statements. */
    interface Cleanup {
        void run() throws SQLException;
    }

    Transactions(Connection connection, LogTable log, MarkWriter mark, Cleanup failed) throws SQLException {
        this.connection = connection;
        this.log = log;
        this.mark = mark;
        this.failed = failed;
        begin = new LastingStatement(connection, "BEGIN IMMEDIATE");
        commit = new LastingStatement(connection, "COMMIT");
    }

    /** @param lastNumber of the newest event after the commit */
    void run(Work work, LongSupplier lastNumber) throws SQLException, IOException {
        begin.get().execute();
        boolean done = false;
        try {
            Runnable committed = work.run();
            log.write();
            commit.get().execute();
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
            Sql.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // SQLite has already rolled back, as after a disk error; the first failure is the one to report.
        }
    }

    @Override
    public void close() throws SQLException {
        begin.close();
        commit.close();
    }
}
