package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The partitions of table {@code event_row}, each of which holds the events that were recorded in certain four weeks. Not
 * thread-safe.
 */
final class EventPartitions {
    private static final long LENGTH = Duration.ofDays(28).toMillis();
    private static final String PREFIX = "event_row_";

    /** Those that this process has seen. */
    private final Set<Long> known = new HashSet<>();

    /** Makes sure that events of an instant can be stored. In the transaction that stores them, whose failure is to be followed by {@link #forget}. */
    void provide(Connection connection, Instant received) throws SQLException {
        long number = number(received);
        if (!known.add(number)) {
            return;
        }
        String name = name(number);
        try (PreparedStatement find = connection.prepareStatement("SELECT to_regclass(?)")) {
            find.setString(1, name);
            try (ResultSet row = find.executeQuery()) {
                row.next();
                if (row.getString(1) != null) {
                    return;
                }
            }
        }
        // Creating it as a partition would wait for all readers; attaching one does not.
        Sql.execute(connection, "CREATE TABLE " + name + " (LIKE event_row INCLUDING ALL)");
        Sql.execute(
                connection,
                "ALTER TABLE event_row ATTACH PARTITION " + name + " FOR VALUES FROM (" + number * LENGTH + ") TO ("
                        + (number + 1) * LENGTH + ")");
    }

    /** Looks at the database again from now on. */
    void forget() {
        known.clear();
    }

    private static long number(Instant received) {
        return Math.floorDiv(received.toEpochMilli(), LENGTH);
    }

    private static String name(long number) {
        return PREFIX + (number < 0 ? "before_" + -number : String.valueOf(number));
    }

    /** Drops partitions of before an instant in which all events were pruned, unless others read events for long. */
    void drop(Connection connection, Instant before) throws SQLException {
        List<String> names = names(connection);
        names.remove(name(number(before))); // to which an exporter whose clock is behind may add
        for (String name : names) {
            if (Sql.number(
                                    connection,
                                    "SELECT count(*) FROM (SELECT 1 FROM " + name
                                            + " WHERE number > (SELECT through FROM pruning) LIMIT 1) AS live")
                            == 0
                    && Sql.number(
                                    connection,
                                    "SELECT count(*) FROM " + name + " WHERE number IN (SELECT number FROM kept_event)")
                            == 0) {
                drop(connection, name);
            }
        }
    }

    /** Others cannot begin to read events while this waits for those that do, so it does not wait for long. */
    private void drop(Connection connection, String name) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            Sql.execute(connection, "SET LOCAL lock_timeout = '500ms'");
            Sql.execute(connection, "DROP TABLE " + name);
            forget();
        } catch (SQLException e) {
            if (!PostgresErrors.isLockTimeout(e)) {
                throw e;
            }
            connection.rollback(before); // until the next time
        }
    }

    private static List<String> names(Connection connection) throws SQLException {
        var names = new ArrayList<String>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT inhrelid::regclass::text FROM pg_inherits"
                        + " WHERE inhparent = 'event_row'::regclass ORDER BY 1")) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }
}
