package io.usageexporter.testing;

import io.usageexporter.ledger.LedgerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Ledgers of tests that hold for both homes of a ledger: such tests run once on files, and once on PostgreSQL, with the system
 * property {@code ledger=postgresql}.
 */
public final class TestLedger {
    private static final ConcurrentHashMap<Path, LedgerAddress> DATABASES = new ConcurrentHashMap<>();

    private static @Nullable String database;
    private static int schemas;

    private TestLedger() {}

    /** Whether this run is on PostgreSQL. */
    public static boolean isShared() {
        return "postgresql".equals(System.getProperty("ledger"));
    }

    /** The ledger that is in this file, or in the database that stands for it. */
    public static LedgerAddress at(Path file) {
        return isShared() ? DATABASES.computeIfAbsent(file.toAbsolutePath(), path -> shared()) : LedgerAddress.of(file);
    }

    /** Makes every write fail until {@link #repair}. */
    public static void damage(Path file) throws IOException, SQLException {
        if (at(file) instanceof LedgerAddress.Shared shared) {
            execute(shared, "ALTER TABLE head RENAME TO head_away; ALTER TABLE integration_state RENAME TO state_away");
        } else {
            Files.move(file, elsewhere(file));
            Files.createFile(file);
        }
    }

    /** Undoes {@link #damage}. */
    public static void repair(Path file) throws IOException, SQLException {
        if (at(file) instanceof LedgerAddress.Shared shared) {
            execute(shared, "ALTER TABLE head_away RENAME TO head; ALTER TABLE state_away RENAME TO integration_state");
        } else {
            Files.move(elsewhere(file), file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static Path elsewhere(Path file) {
        return file.resolveSibling("elsewhere.db");
    }

    /** Executes statements in a ledger. */
    public static void execute(LedgerAddress.Shared shared, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(shared.url());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /**
     * A new one in PostgreSQL, in whichever run: a schema in one database of the process, since creating a database takes
     * longer than most tests.
     */
    public static synchronized LedgerAddress.Shared shared() {
        try {
            if (database == null) {
                database = PostgresServer.shared().newDatabase();
            }
            String schema = "ledger_" + ++schemas;
            try (Connection connection = DriverManager.getConnection(database);
                    var statement = connection.createStatement()) {
                statement.execute("CREATE SCHEMA " + schema);
            }
            return new LedgerAddress.Shared(database + "&currentSchema=" + schema);
        } catch (IOException | InterruptedException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
