package io.usageexporter.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;

/** Opens the SQLite file as the ledger needs it, and brings its tables up to date. */
final class SqliteDatabase {
    /** Empties the hours. */
    private static final String HOUR_BOUNDS = "0005_hour_bounds.sql";

    /** In order; the number of those that a file has seen is its {@code user_version}. */
    private static final List<String> MIGRATIONS = List.of(
            "0001_ledger.sql",
            "0002_hours.sql",
            "0003_identity.sql",
            "0004_tracking.sql",
            HOUR_BOUNDS,
            "0006_integrity.sql");

    /** The version of a file that is up to date. */
    static final int VERSION = MIGRATIONS.size();

    /** How long a write waits for another process that is writing, such as a backup. */
    private static final int BUSY_TIMEOUT_MS = 5_000;

    /** To what the log is cut when it begins again; about as long as it gets when nobody reads for long. */
    private static final int LOG_BYTES = 16 << 20;

    /** Logs several stack traces of what {@link #load} says in a line. Kept, or its level would be forgotten. */
    private static final Logger LOADER = Logger.getLogger(SQLiteJDBCLoader.class.getName());

    private SqliteDatabase() {}

    /** Loads SQLite's library, which takes a folder to unpack it into. */
    static void load() throws LedgerException {
        try {
            LOADER.setLevel(Level.OFF);
            SQLiteJDBCLoader.initialize();
        } catch (Exception | LinkageError e) { // it declares any
            throw LedgerTrouble.noLibrary(e);
        }
    }

    /** A connection that writes, with the tables up to date. What it commits is on the disk. */
    static Connection openForWriting(LedgerFile file) throws SQLException, IOException {
        Connection connection = open(file.url(), false);
        try {
            // A new ledger is made in one piece, by a journal, so that there never is a file without its tables.
            boolean changed = migrate(connection);
            execute(connection, "PRAGMA journal_mode = WAL");
            execute(connection, "PRAGMA journal_size_limit = " + LOG_BYTES);
            if (changed) {
                writeBack(connection); // what marks the file as a ledger must stand in the file itself
            }
            return connection;
        } catch (SQLException | IOException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection that only reads, beside the owner. */
    static Connection openReadOnly(LedgerFile file) throws SQLException {
        return open(file.url(), true);
    }

    /** One that reads the file as if it had no log, takes no lock, and leaves nothing behind. */
    static Connection openImmutable(LedgerFile file) throws SQLException {
        return open(file.url() + "?immutable=1", true);
    }

    private static Connection open(String url, boolean readOnly) throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        return config.createConnection(url);
    }

    /** Moves the whole log into the file, if no reader needs it. */
    static boolean writeBack(Connection connection) throws SQLException {
        return integer(connection, "PRAGMA wal_checkpoint(TRUNCATE)") == 0;
    }

    /** Likewise, without waiting for readers. */
    static boolean writeBackAtOnce(Connection connection) throws SQLException {
        execute(connection, "PRAGMA busy_timeout = 0");
        try {
            return writeBack(connection);
        } finally {
            execute(connection, "PRAGMA busy_timeout = " + BUSY_TIMEOUT_MS);
        }
    }

    /** Runs a statement without parameters or rows. Transactions are begun and ended this way, not by JDBC's. */
    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first field of the first row. */
    static int integer(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getInt(1);
        }
    }

    private static boolean migrate(Connection connection) throws SQLException, IOException {
        execute(connection, "BEGIN IMMEDIATE");
        int version = version(connection);
        if (version < VERSION) {
            try (Statement statement = connection.createStatement()) {
                for (String migration : MIGRATIONS.subList(version, VERSION)) {
                    statement.executeUpdate(resource(migration));
                }
                if (version > 0 && version <= MIGRATIONS.indexOf(HOUR_BOUNDS)) {
                    TotalTables.countHours(connection);
                }
                statement.executeUpdate("PRAGMA application_id = " + Header.APPLICATION);
                statement.executeUpdate("PRAGMA user_version = " + VERSION);
            }
        }
        execute(connection, "COMMIT");
        return version < VERSION;
    }

    /** How many of the migrations the file has seen; not more than there are. */
    static int version(Connection connection) throws SQLException {
        int version = integer(connection, "PRAGMA user_version");
        if (version > VERSION) {
            throw new SQLException("written by a newer version of the exporter (its format is " + version
                    + ", this program knows up to " + VERSION + ")");
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
