package io.usageexporter.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteJDBCLoader;

/** Opens SQLite files for the ledger and migrates their tables. */
final class SqliteDatabase {
    /** The migration that clears the hours. */
    private static final String HOUR_BOUNDS = "0005_hour_bounds.sql";

    /** The last migration that clears the days. */
    private static final String DAYS = "0010_derived_pricing.sql";

    /** The migration after which rows have check values. */
    private static final String CHECK_VALUES = "0014_check_values.sql";

    /** In order; the number of applied migrations is the {@code user_version} of a file. */
    private static final List<String> MIGRATIONS = List.of(
            "0001_ledger.sql",
            "0002_hours.sql",
            "0003_identity.sql",
            "0004_tracking.sql",
            HOUR_BOUNDS,
            "0006_integrity.sql",
            "0007_integration_state.sql",
            "0008_consumers_and_pricing.sql",
            "0009_windows.sql",
            DAYS,
            "0011_undoing.sql",
            "0012_retention.sql",
            "0013_names.sql",
            CHECK_VALUES);

    /** The current version. */
    static final int VERSION = MIGRATIONS.size();

    /** How long a write waits for another writing process, such as a backup. */
    private static final int BUSY_TIMEOUT_MS = 5_000;

    /** The size that the log is truncated to when it restarts; about as long as it gets without long reads. */
    private static final int LOG_BYTES = 16 << 20;

    /**
     * Logs stack traces for what {@link #load} reports in a line. Referenced so that its level is not
     * garbage-collected.
     */
    private static final Logger LOADER = Logger.getLogger(SQLiteJDBCLoader.class.getName());

    private SqliteDatabase() {}

    /** Loads SQLite's library, which has to be unpacked into a folder. */
    static void load() throws LedgerException {
        try {
            LOADER.setLevel(Level.OFF);
            SQLiteJDBCLoader.initialize();
        } catch (Exception | LinkageError e) { // as declared
            throw LedgerErrors.libraryNotLoaded(e);
        }
    }

    /**
     * A connection for writing, with migrated tables. Commits are durable.
     *
     * @param state of a new or migrated ledger
     */
    static Connection openForWriting(LedgerFile file, LedgerState state) throws SQLException, IOException {
        Connection connection = open(file.url(), false);
        try {
            // A new ledger is created in one transaction with a journal, so that there is never a file without tables.
            boolean changed = migrate(connection, state);
            Sql.execute(connection, "PRAGMA journal_mode = WAL");
            Sql.execute(connection, "PRAGMA journal_size_limit = " + LOG_BYTES);
            // Else the driver tries to begin a transaction after each statement, in case that it should end one.
            connection.unwrap(SQLiteConnection.class).getConnectionConfig().setAutoCommit(false);
            if (changed) {
                checkpoint(connection); // the marks of a ledger must be in the main file
            }
            return connection;
        } catch (SQLException | IOException e) {
            connection.close();
            throw e;
        }
    }

    /** A read-only connection, usable while the owner writes. */
    static Connection openReadOnly(LedgerFile file) throws SQLException {
        return open(file.url(), true);
    }

    /** A connection that ignores any log, takes no lock and creates no files. */
    static Connection openImmutable(LedgerFile file) throws SQLException {
        return open(file.url() + "?immutable=1", true);
    }

    private static Connection open(String url, boolean readOnly) throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        config.setGetGeneratedKeys(false); // costs a regular expression and a query a statement
        Connection connection = config.createConnection(url);
        try {
            CheckedRows.addFunction(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Checkpoints the complete log if no reader needs it. */
    static boolean checkpoint(Connection connection) throws SQLException {
        return Sql.integer(connection, "PRAGMA wal_checkpoint(TRUNCATE)") == 0;
    }

    /** Like {@link #checkpoint}, without waiting for readers. */
    static boolean checkpointNoWait(Connection connection) throws SQLException {
        Sql.execute(connection, "PRAGMA busy_timeout = 0");
        try {
            return checkpoint(connection);
        } finally {
            Sql.execute(connection, "PRAGMA busy_timeout = " + BUSY_TIMEOUT_MS);
        }
    }

    /** The random id of a ledger. */
    static String id(Connection connection) throws SQLException {
        return Sql.text(connection, "SELECT id FROM identity");
    }

    private static boolean migrate(Connection connection, LedgerState state) throws SQLException, IOException {
        Sql.execute(connection, "BEGIN IMMEDIATE");
        int version = version(connection);
        if (version < VERSION) {
            try (Statement statement = connection.createStatement()) {
                for (String migration : MIGRATIONS.subList(version, VERSION)) {
                    statement.executeUpdate(resource(migration));
                }
                if (version > 0 && version <= MIGRATIONS.indexOf(HOUR_BOUNDS)) {
                    TotalsWriter.fillHours(connection);
                }
                if (version > 0 && version <= MIGRATIONS.indexOf(DAYS)) {
                    TotalsWriter.fillDays(connection);
                }
                if (version <= MIGRATIONS.indexOf(CHECK_VALUES)) {
                    CheckedRows.fill(connection);
                }
                state.store(connection);
                statement.executeUpdate("PRAGMA user_version = " + VERSION);
            }
        }
        Sql.execute(connection, "COMMIT");
        return version < VERSION;
    }

    /** The number of migrations applied to the file, all of which are known. */
    static int version(Connection connection) throws SQLException {
        int version = Sql.integer(connection, "PRAGMA user_version");
        if (version > VERSION) {
            throw new SQLException("it was written by a newer version of the exporter (its format is " + version
                    + ", this version supports up to " + VERSION + ")");
        }
        return version;
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = SqliteDatabase.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException("the jar lacks " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
