package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes table {@code event}, and finds rows of it. */
final class EventTable implements AutoCloseable {
    private static final int BATCH_ROWS = 1000;

    private static final String INSERT =
            "INSERT INTO event (number, id, provider, category, model, at, received, source,"
                    + " usage, check_value, raises, consumer, pricing, counted_pricing) VALUES (?,?,?,?,?,?,?,?,?,?,";

    private final Connection connection;
    private final @Nullable NameCodes names;
    private final PreparedStatement insert;
    private final PreparedStatement insertPlain;
    private final LastingStatement select;
    private final LastingStatement selectAmendments;

    EventTable(Connection connection) throws SQLException {
        this.connection = connection;
        names = Sql.isSqlite(connection) ? new NameCodes(connection) : null;
        String columns = EventRows.columns(connection);
        insert = connection.prepareStatement(INSERT + "?,?,?,?)");
        insertPlain = connection.prepareStatement(INSERT + "NULL,'','',NULL)");
        select = new LastingStatement(connection, "SELECT " + columns + " FROM event WHERE number = ?");
        selectAmendments = new LastingStatement(connection, "SELECT " + columns + " FROM event WHERE raises = ?");
    }

    void insert(List<RecordedEvent> events) throws SQLException {
        if (names != null) {
            names.committed(); // else it was told to clear
        }
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
        return recorded.isDetailed()
                && recorded.event().consumer().isEmpty()
                && recorded.counted().isStandard()
                && !isDerived(recorded)
                && !recorded.isAmendment();
    }

    private void bind(PreparedStatement row, RecordedEvent recorded) throws SQLException {
        UsageEvent event = recorded.event();
        String usage = event.usage().compact();
        row.setLong(1, recorded.number());
        row.setString(2, event.id());
        row.setString(3, encode(event.provider()));
        row.setString(4, encode(event.category()));
        row.setString(5, encode(event.model()));
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

    private String encode(String name) throws SQLException {
        return names == null ? name : names.encode(name);
    }

    private void bindDetails(RecordedEvent recorded) throws SQLException {
        if (recorded.isAmendment()) {
            insert.setLong(11, recorded.amends());
        } else {
            insert.setNull(11, Types.INTEGER);
        }
        insert.setString(12, recorded.isDetailed() ? recorded.event().consumer() : null);
        insert.setString(13, recorded.isDetailed() ? recorded.event().pricing().text() : null);
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
        if (names != null) {
            names.rolledBack();
        }
    }

    /** The event of this number, which must exist. */
    RecordedEvent get(long number) throws SQLException {
        RecordedEvent found = find(number);
        if (found == null) {
            throw new SQLException("event " + number + " is missing");
        }
        return found;
    }

    /** The event of this number, or null if it was pruned. */
    @Nullable
    RecordedEvent getUnlessPruned(long number) throws SQLException {
        RecordedEvent found = find(number);
        return found == null && number > new OpeningBalance(connection).through() ? get(number) : found;
    }

    private @Nullable RecordedEvent find(long number) throws SQLException {
        PreparedStatement found = select.get();
        found.setLong(1, number);
        try (ResultSet row = found.executeQuery()) {
            return row.next() ? EventRows.event(row) : null;
        }
    }

    /** All amendments of the event of this number. */
    List<RecordedEvent> amendments(long number) throws SQLException {
        PreparedStatement found = selectAmendments.get();
        found.setLong(1, number);
        var amendments = new ArrayList<RecordedEvent>();
        try (ResultSet row = found.executeQuery()) {
            while (row.next()) {
                amendments.add(EventRows.event(row));
            }
        }
        return amendments;
    }

    /** Which of the events from one number to another were amended. */
    Set<Long> amended(long from, long to) throws SQLException {
        var numbers = new HashSet<Long>();
        try (PreparedStatement found =
                connection.prepareStatement("SELECT raises FROM event WHERE raises >= ? AND raises <= ?")) {
            found.setLong(1, from);
            found.setLong(2, to);
            try (ResultSet row = found.executeQuery()) {
                while (row.next()) {
                    numbers.add(row.getLong(1));
                }
            }
        }
        return numbers;
    }

    /** Deletes rows. */
    void delete(List<RecordedEvent> rows) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM event WHERE number = ?")) {
            for (RecordedEvent row : rows) {
                delete.setLong(1, row.number());
                delete.executeUpdate();
            }
        }
    }

    /** The event of this number with its amendments; empty if there is none, or it is an amendment itself. */
    List<RecordedEvent> whole(long number) throws SQLException {
        RecordedEvent first = find(number);
        if (first == null || first.isAmendment()) {
            return List.of();
        }
        var rows = new ArrayList<>(List.of(first));
        rows.addAll(amendments(number));
        return rows;
    }

    /** The numbers of the newest events with these ids, found by reading all events. */
    Map<String, Long> scan(Set<String> ids) throws SQLException {
        Sql.execute(connection, "CREATE TEMP TABLE IF NOT EXISTS wanted (id TEXT PRIMARY KEY) WITHOUT ROWID");
        Sql.execute(connection, "DELETE FROM wanted");
        try (PreparedStatement insertId = connection.prepareStatement("INSERT INTO wanted VALUES (?)")) {
            for (String id : ids) {
                insertId.setString(1, id);
                insertId.executeUpdate();
            }
        }
        var numbers = new HashMap<String, Long>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, max(number) FROM event"
                        + " WHERE raises IS NULL AND id IN (SELECT id FROM wanted) GROUP BY id")) {
            while (row.next()) {
                numbers.put(row.getString(1), row.getLong(2));
            }
        }
        return numbers;
    }

    /** A checksum over all fields of an event. Stored in the ledger, so it must not change. */
    static int checkValue(RecordedEvent recorded, String usage) {
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

    @Override
    public void close() throws SQLException {
        if (names != null) {
            names.close();
        }
        insert.close();
        insertPlain.close();
        select.close();
        selectAmendments.close();
    }
}
