package io.usageexporter.ledger;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;

/**
 * Commits units. When the connection breaks during a commit, nothing tells whether it took place: then the log is read, under
 * the lock that the broken transaction holds until it has ended.
 *
 * @param pool of connections to ask by
 */
record PostgresCommit(PostgresPool pool) {
    private static final Logger LOG = System.getLogger(PostgresCommit.class.getName());

    /** How long a server may be away before clients are told that the outcome is unknown. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long BETWEEN_ATTEMPTS_MS = 200;

    /**
     * Commits.
     *
     * @return the number of the commit
     */
    long run(PostgresUnit unit, CommitLog.Kind kind, String changes, long lastNumber)
            throws SQLException, LedgerException {
        long number = unit.commitNumber() + 1;
        String token = UUID.randomUUID().toString();
        new CommitLog(unit.connection()).add(number, token, lastNumber, kind, changes);
        try {
            unit.connection().commit();
        } catch (SQLException e) {
            if (!PostgresErrors.isConnectionLost(e)) {
                throw e;
            }
            unit.close();
            if (!tookPlace(number, token)) {
                throw e;
            }
            LOG.log(Level.INFO, "the connection broke during commit {0}, which took place", number);
        }
        return number;
    }

    private boolean tookPlace(long number, String token) throws LedgerException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (PostgresUnit next = PostgresUnit.lock(pool)) {
                return new CommitLog(next.connection()).contains(number, token);
            } catch (SQLException e) {
                if (System.nanoTime() - end > 0) {
                    throw new LedgerException.InDoubt(
                            "the connection to the ledger broke during the commit, and the server cannot be asked whether"
                                    + " it took place: send events that have an id again, which counts them once",
                            e);
                }
                pause();
            }
        }
    }

    private static void pause() throws LedgerException {
        try {
            Thread.sleep(BETWEEN_ATTEMPTS_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerException("the exporter is shutting down", e);
        }
    }
}
