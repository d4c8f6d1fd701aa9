package io.usageexporter.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.SplittableRandom;
import org.sqlite.SQLiteConfig;

/** Appends events, as durably as the exporter, to a table like its own, and does nothing else. */
final class BareLedger {
    private static final int TRANSACTION = 1000;
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration MEASURED = Duration.ofSeconds(4);

    private final Connection connection;
    private final PreparedStatement insert;
    private final boolean ids;
    private final SplittableRandom random = new SplittableRandom();
    private long number;

    private BareLedger(Connection connection, boolean ids) throws SQLException {
        this.connection = connection;
        this.ids = ids;
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE event (number INTEGER PRIMARY KEY, id TEXT, provider TEXT NOT NULL,"
                    + " category TEXT NOT NULL, model TEXT NOT NULL, at INTEGER, received INTEGER NOT NULL,"
                    + " source TEXT NOT NULL, usage TEXT NOT NULL) STRICT");
        }
        connection.setAutoCommit(false);
        insert = connection.prepareStatement("INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?)");
    }

    /**
     * Prints the number of events appended per second.
     *
     * @param args the file, and whether events get random ids
     */
    public static void main(String[] args) throws SQLException {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        try (Connection connection = config.createConnection("jdbc:sqlite:" + args[0])) {
            var ledger = new BareLedger(connection, Boolean.parseBoolean(args[1]));
            ledger.append(WARM_UP);
            System.out.println(ledger.append(MEASURED));
        }
    }

    private double append(Duration duration) throws SQLException {
        long start = System.nanoTime();
        long before = number;
        while (System.nanoTime() - start < duration.toNanos()) {
            for (int i = 0; i < TRANSACTION; i++) {
                addEvent();
            }
            insert.executeBatch();
            connection.commit();
        }
        return (number - before) * 1e9 / (System.nanoTime() - start);
    }

    private void addEvent() throws SQLException {
        insert.setLong(1, ++number);
        insert.setString(2, ids ? Payload.newId(random) : null);
        insert.setString(3, "anthropic");
        insert.setString(4, "recommendations");
        insert.setString(5, "claude-sonnet-4-5");
        insert.setNull(6, Types.INTEGER);
        insert.setLong(7, System.currentTimeMillis());
        insert.setString(8, "api");
        insert.setString(9, "requests=1 tokens.input=1200 tokens.output=800");
        insert.addBatch();
    }
}
