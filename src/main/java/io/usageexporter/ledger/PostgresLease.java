package io.usageexporter.ledger;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The lease of a shared ledger: a row that its holder renews by the server's clock. Rows serve also where a pooler in front
 * of the server gives each transaction another session, which advisory locks would not survive. Work that is going on when a
 * lease ends may overlap with the next holder's; ids make that harmless.
 */
final class PostgresLease implements Lease, AutoCloseable {
    private static final Logger LOG = System.getLogger(PostgresLease.class.getName());
    private static final String TERM = "interval '10 seconds'";
    private static final Duration RENEWED_EVERY = Duration.ofSeconds(3);
    private static final Duration TRIED_EVERY = Duration.ofSeconds(1);

    /** Shorter than the term, so that it ends here before another exporter takes it. */
    private static final Duration TRUSTED = Duration.ofSeconds(8);

    private final PostgresPool pool;
    private final String holder = UUID.randomUUID().toString();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "lease");
    private volatile long heldUntil = System.nanoTime();
    private boolean wasHeld;

    /** Does not take it before {@link #start}. */
    PostgresLease(PostgresPool pool) {
        this.pool = pool;
        thread.setDaemon(true);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public boolean isHeld() {
        return System.nanoTime() - heldUntil < 0;
    }

    private void run() {
        try {
            do {
                renew();
            } while (!closed.await((wasHeld ? RENEWED_EVERY : TRIED_EVERY).toMillis(), TimeUnit.MILLISECONDS));
            release();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() {
        long now = System.nanoTime();
        boolean held = false;
        try (Connection connection = pool.connection();
                PreparedStatement take =
                        connection.prepareStatement("INSERT INTO lease AS current VALUES ('once-only', ?,"
                                + " clock_timestamp() + " + TERM + ") ON CONFLICT (name) DO UPDATE"
                                + " SET holder = excluded.holder, until = excluded.until"
                                + " WHERE current.holder = excluded.holder OR current.until < clock_timestamp()")) {
            PostgresUnit.limit(connection);
            take.setString(1, holder);
            held = take.executeUpdate() > 0;
            connection.commit();
            heldUntil = held ? now + TRUSTED.toNanos() : now;
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "the lease cannot be renewed", e); // the recorder reports the same failure
            held = isHeld();
        }
        if (held != wasHeld) {
            wasHeld = held;
            LOG.log(
                    Level.INFO,
                    held
                            ? "this exporter polls and prunes for all that share the ledger"
                            : "another exporter polls and prunes from now on");
        }
    }

    private void release() {
        heldUntil = System.nanoTime();
        try (Connection connection = pool.connection();
                PreparedStatement delete = connection.prepareStatement("DELETE FROM lease WHERE holder = ?")) {
            delete.setString(1, holder);
            delete.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "the lease ends by itself", e);
        }
    }

    /** Lets another exporter take it at once. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
