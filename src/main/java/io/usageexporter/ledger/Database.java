package io.usageexporter.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConfig;

/** Opens the SQLite file as the ledger needs it, and brings its tables up to date. */
final class Database {
    /** Empties the hours. */
    private static final String HOUR_BOUNDS = "0005_hour_bounds.sql";

    /** In order; the number of those that a file has seen is its {@code user_version}. */
    private static final List<String> MIGRATIONS =
            List.of("0001_ledger.sql", "0002_hours.sql", "0003_identity.sql", "0004_tracking.sql", HOUR_BOUNDS, "0006_integrity.sql");

    /** How long a write waits for another process that is writing, such as a backup. */
    private static final int BUSY_TIMEOUT_MS = 5_000;

    private Database() {}

    /** A connection that writes, with the tables up to date. What it commits is on the disk. */
    static Connection openForWriting(Path file) throws SQLException, IOException {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try {
            execute(connection, "BEGIN IMMEDIATE");
            migrate(connection);
            execute(connection, "COMMIT");
            return connection;
        } catch (SQLException | IOException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection that only reads, beside the owner. */
    static Connection openForReading(Path file) throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try {
            if (version(connection) < MIGRATIONS.size()) {
                throw new SQLException("written by an older version of the exporter; start this one on it once");
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Runs a statement without parameters or rows. Transactions are begun and ended this way, not by JDBC's. */
    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void migrate(Connection connection) throws SQLException, IOException {
        int version = version(connection);
        try (Statement statement = connection.createStatement()) {
            for (String migration : MIGRATIONS.subList(version, MIGRATIONS.size())) {
                statement.executeUpdate(resource(migration));
            }
            if (version > 0 && version <= MIGRATIONS.indexOf(HOUR_BOUNDS)) {
                TotalTables.countHours(connection);
            }
            statement.executeUpdate("PRAGMA user_version = " + MIGRATIONS.size());
        }
    }

    /** How many of the migrations the file has seen; not more than there are. */
    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            int version = row.getInt(1);
            if (version > MIGRATIONS.size()) {
                throw new SQLException("written by a newer version of the exporter (its format is " + version
                        + ", this program knows up to " + MIGRATIONS.size() + ")");
            }
            return version;
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = Database.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException("the jar lacks " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
