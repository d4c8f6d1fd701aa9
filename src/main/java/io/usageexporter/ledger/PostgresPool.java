package io.usageexporter.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import com.zaxxer.hikari.util.Credentials;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.PGProperty;

/**
 * Connections to the PostgreSQL of a ledger: few, checked before they are used, and replaced when they break. Opening it
 * connects to nothing. Thread-safe.
 */
final class PostgresPool implements AutoCloseable {
    static final int MAX_CONNECTIONS = 6;

    private static final System.Logger LOG = System.getLogger(PostgresPool.class.getName());

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** Longer than {@link #CONNECT_TIMEOUT}, since there may be several hosts. */
    private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(10);

    /** How long an answer may take, unless the connection is told otherwise. */
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(20);

    /** Logs stack traces of what its callers report in a line. Referenced, lest its level be garbage-collected. */
    private static final Logger HIKARI = Logger.getLogger("com.zaxxer.hikari");

    private final PostgresUrl url;
    private final HikariDataSource pool;

    PostgresPool(PostgresUrl url) {
        HIKARI.setLevel(Level.OFF);
        this.url = url;
        var config = new HikariConfig();
        config.setPoolName("ledger");
        config.setJdbcUrl(url.forDriver());
        config.setDataSourceProperties(defaults(url));
        config.setCredentialsProvider(() -> Credentials.of(url.user(), url.password()));
        config.setAutoCommit(false);
        config.setMaximumPoolSize(MAX_CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
        config.setValidationTimeout(CONNECT_TIMEOUT.toMillis() / 2);
        // Whether the server must be there is for others to decide.
        config.setInitializationFailTimeout(-1);
        config.setExceptionOverride(new ReadOnlyIsBroken());
        pool = new HikariDataSource(config);
    }

    /** @throws LedgerException if the URL is not valid */
    static PostgresPool open(String url) throws LedgerException {
        return new PostgresPool(PostgresUrl.of(url, System.getenv()));
    }

    private static Properties defaults(PostgresUrl url) {
        var properties = new Properties();
        PGProperty.APPLICATION_NAME.set(properties, "usage-exporter");
        PGProperty.CONNECT_TIMEOUT.set(properties, (int) CONNECT_TIMEOUT.toSeconds());
        PGProperty.LOGIN_TIMEOUT.set(properties, (int) LOGIN_TIMEOUT.toSeconds());
        PGProperty.SOCKET_TIMEOUT.set(properties, (int) SOCKET_TIMEOUT.toSeconds());
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.REWRITE_BATCHED_INSERTS.set(properties, true);
        // Behind a pgbouncer in transaction mode, the next statement may reach a connection that does not have what was
        // prepared on this one.
        PGProperty.PREPARE_THRESHOLD.set(properties, 0);
        if (url.server().contains(",")) {
            // One of them can be written, and after a failover it is another one.
            PGProperty.TARGET_SERVER_TYPE.set(properties, "primary");
            PGProperty.HOST_RECHECK_SECONDS.set(properties, 1);
        }
        properties.putAll(url.properties());
        return properties;
    }

    /**
     * Waits for a connection in which each transaction is to be committed; closing it gives it back.
     *
     * @throws SQLException within two seconds if there is none
     */
    Connection connection() throws SQLException {
        try {
            return pool.getConnection();
        } catch (SQLTransientConnectionException e) {
            boolean isBusy = pool.getHikariPoolMXBean().getActiveConnections() == MAX_CONNECTIONS;
            // An attempt to connect that still goes on has not failed yet.
            throw e.getCause() != null || isBusy
                    ? e
                    : new SQLTransientConnectionException(e.getMessage(), "08001", new SocketTimeoutException());
        }
    }

    /** The same, but waits so long for a server that is not there yet. */
    Connection awaitConnection(Duration patience) throws SQLException {
        long end = System.nanoTime() + patience.toNanos();
        boolean isLogged = false;
        while (true) {
            long begun = System.nanoTime();
            try {
                return connection();
            } catch (SQLException e) {
                if (!PostgresErrors.mayPass(e) || System.nanoTime() - end >= 0) {
                    throw e;
                }
                if (!isLogged) {
                    isLogged = true;
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "waiting up to {0} seconds for the ledger: {1}",
                            patience.toSeconds(),
                            PostgresErrors.of(url, "opened", e).getMessage());
                }
                pause(begun + BETWEEN_ATTEMPTS.toNanos() - System.nanoTime(), e);
            }
        }
    }

    private static void pause(long nanos, SQLException failure) throws SQLException {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    /** A connection besides the pool's, in auto-commit mode, to keep: for listening, or for locks of a session. */
    Connection ownConnection() throws SQLException {
        return DriverManager.getConnection(url.forDriver(), defaults(url));
    }

    PostgresUrl url() {
        return url;
    }

    /** @param verb the failed action, as in "cannot be opened" */
    LedgerException failure(String verb, SQLException cause) {
        return PostgresErrors.of(url, verb, cause);
    }

    @Override
    public void close() {
        pool.close();
    }

    /** After a failover, a name may lead to another server, while a connection stays at that which can only be read. */
    private static final class ReadOnlyIsBroken implements SQLExceptionOverride {
        @java.lang.Override // the interface has another
        public SQLExceptionOverride.Override adjudicate(SQLException failure) {
            return "25006".equals(failure.getSQLState())
                    ? SQLExceptionOverride.Override.MUST_EVICT
                    : SQLExceptionOverride.Override.CONTINUE_EVICT;
        }
    }
}
