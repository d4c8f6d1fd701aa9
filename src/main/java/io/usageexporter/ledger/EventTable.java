package io.usageexporter.ledger;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The rows of table {@code event}. */
final class EventTable implements AutoCloseable {
    private static final String COLUMNS =
            "number, id, provider, category, model, at, received, source, usage, raises, check_value, consumer, pricing,"
                    + " counted_pricing";
    private static final int BATCH_ROWS = 1000;
    private static final int FETCH_ROWS = 1000;

    private static final String INSERT =
            "INSERT INTO event (number, id, provider, category, model, at, received, source,"
                    + " usage, check_value, raises, consumer, pricing, counted_pricing) VALUES (?,?,?,?,?,?,?,?,?,?,";

    private final PreparedStatement insert;
    private final PreparedStatement insertPlain;
    private final PreparedStatement select;
    private final PreparedStatement selectAmendments;

    EventTable(Connection connection) throws SQLException {
        insert = connection.prepareStatement(INSERT + "?,?,?,?)");
        insertPlain = connection.prepareStatement(INSERT + "NULL,'','',NULL)");
        select = connection.prepareStatement("SELECT " + COLUMNS + " FROM event WHERE number = ?");
        selectAmendments = connection.prepareStatement("SELECT " + COLUMNS + " FROM event WHERE raises = ?");
    }

    void insert(List<RecordedEvent> events) throws SQLException {
        int batched = 0;
        for (RecordedEvent recorded : events) {
            if (isPlain(recorded)) {
                bind(insertPlain, recorded);
                insertPlain.addBatch();
            } else {
                bind(insert, recorded);
                bindDetails(recorded);
                insert.addBatch();
            }
            if (++batched % BATCH_ROWS == 0) { // the driver holds a batch in memory
                executeBatches();
            }
        }
        executeBatches();
    }

    /** Most events are, and are inserted faster: each value that is handed to SQLite costs as much as many others in Java. */
    private static boolean isPlain(RecordedEvent recorded) {
        return recorded.event().consumer().isEmpty()
                && recorded.counted().isStandard()
                && !isDerived(recorded)
                && !recorded.isAmendment();
    }

    private static void bind(PreparedStatement row, RecordedEvent recorded) throws SQLException {
        UsageEvent event = recorded.event();
        String usage = event.usage().toString();
        row.setLong(1, recorded.number());
        row.setString(2, event.id());
        row.setString(3, event.provider());
        row.setString(4, event.category());
        row.setString(5, event.model());
        Instant at = event.at();
        if (at == null) {
            row.setNull(6, Types.INTEGER);
        } else {
            row.setLong(6, at.toEpochMilli());
        }
        row.setLong(7, recorded.received().toEpochMilli());
        row.setString(8, recorded.source().label());
        row.setString(9, usage);
        row.setInt(10, checkValue(recorded, usage));
    }

    private void bindDetails(RecordedEvent recorded) throws SQLException {
        if (recorded.isAmendment()) {
            insert.setLong(11, recorded.amends());
        } else {
            insert.setNull(11, Types.INTEGER);
        }
        insert.setString(12, recorded.event().consumer());
        insert.setString(13, recorded.event().pricing().text());
        insert.setString(14, isDerived(recorded) ? recorded.counted().text() : null);
    }

    private void executeBatches() throws SQLException {
        insertPlain.executeBatch();
        insert.executeBatch();
    }

    /** Drops what a failed transaction left behind. */
    void clear() throws SQLException {
        insert.clearBatch();
        insertPlain.clearBatch();
    }

    /** The event of this number, which must exist. */
    RecordedEvent get(long number) throws SQLException {
        select.setLong(1, number);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("event " + number + " is missing");
            }
            return event(row);
        }
    }

    /** All amendments of the event of this number. */
    List<RecordedEvent> amendments(long number) throws SQLException {
        selectAmendments.setLong(1, number);
        var amendments = new ArrayList<RecordedEvent>();
        try (ResultSet row = selectAmendments.executeQuery()) {
            while (row.next()) {
                amendments.add(event(row));
            }
        }
        return amendments;
    }

    static long lastNumber(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(max(number), 0) FROM event")) {
            return row.getLong(1);
        }
    }

    /** A checksum over all fields of an event. Stored in the ledger, so it must not change. */
    private static int checkValue(RecordedEvent recorded, String usage) {
        UsageEvent event = recorded.event();
        Instant at = event.at();
        var value = new CheckValue()
                .add(recorded.number())
                .add(event.id())
                .add(event.provider())
                .add(event.category())
                .add(event.model())
                .add(at == null ? Long.MIN_VALUE : at.toEpochMilli())
                .add(recorded.received().toEpochMilli())
                .add(recorded.source().label())
                .add(usage)
                .add(recorded.amends());
        if (recorded.isDetailed()) {
            value.add(event.consumer()).add(event.pricing().text());
        }
        if (isDerived(recorded)) {
            value.add(recorded.counted().text());
        }
        return value.value();
    }

    private static boolean isDerived(RecordedEvent recorded) {
        return !recorded.counted().equals(recorded.event().pricing());
    }

    /** The body of a loop over rows. */
    interface RowAction {
        void accept(RecordedEvent row) throws SQLException;
    }

    /**
     * Reads all events in the order of recording, even if some are damaged.
     *
     * @param checkedFrom the number of the first event that has a check value
     * @param damaged receives the number of each row that is not as it was written
     */
    static void check(Connection connection, long checkedFrom, RowAction action, LongConsumer damaged)
            throws SQLException {
        try (PreparedStatement all = connection.prepareStatement("SELECT " + COLUMNS + " FROM event ORDER BY number")) {
            all.setFetchSize(FETCH_ROWS);
            try (ResultSet row = all.executeQuery()) {
                while (row.next()) {
                    long number = row.getLong(1);
                    try {
                        RecordedEvent event = event(row);
                        action.accept(event);
                        if (number >= checkedFrom && checkValue(event, row.getString(9)) != row.getInt(11)) {
                            damaged.accept(number);
                        }
                    } catch (RuntimeException e) { // a damaged row may hold anything
                        damaged.accept(number);
                    }
                }
            }
        }
    }

    /** Reads all rows in the order of recording. */
    static void forEach(Connection connection, RowAction action) throws SQLException {
        forEach(connection, null, 1, Long.MAX_VALUE, action);
    }

    /**
     * Reads the rows from one number to before another, in the order of recording.
     *
     * @param provider the only one whose events are read; null for all
     */
    static void forEach(Connection connection, @Nullable String provider, long from, long until, RowAction action)
            throws SQLException {
        try (PreparedStatement all = connection.prepareStatement("SELECT " + COLUMNS
                + " FROM event WHERE (?1 IS NULL OR provider = ?1) AND number >= ?2 AND number < ?3 ORDER BY number")) {
            all.setString(1, provider);
            all.setLong(2, from);
            all.setLong(3, until);
            all.setFetchSize(FETCH_ROWS);
            try (ResultSet row = all.executeQuery()) {
                while (row.next()) {
                    action.accept(event(row));
                }
            }
        }
    }

    private static RecordedEvent event(ResultSet row) throws SQLException {
        long at = row.getLong(6);
        Instant given = row.wasNull() ? null : Instant.ofEpochMilli(at);
        String consumer = row.getString(12); // null in rows of earlier versions
        String own = row.getString(13);
        Pricing pricing = own == null ? Pricing.STANDARD : Pricing.of(own);
        String counted = row.getString(14);
        var event = new UsageEvent(
                row.getString(2),
                row.getString(3),
                row.getString(4),
                consumer == null ? "" : consumer,
                row.getString(5),
                pricing,
                given,
                Usage.parse(row.getString(9)));
        return new RecordedEvent(
                row.getLong(1),
                event,
                Instant.ofEpochMilli(row.getLong(7)),
                Source.of(row.getString(8)),
                row.getLong(10),
                counted == null ? pricing : Pricing.parse(counted),
                own != null);
    }

    @Override
    public void close() throws SQLException {
        insert.close();
        insertPlain.close();
        select.close();
        selectAmendments.close();
    }
}
