package io.usageexporter.ledger;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables behind {@link IdIndex}: pairs of an id's hash and its event's number. */
final class IdTables implements AutoCloseable {
    /** The number of buckets of a segment. */
    static final int BUCKETS = 256;

    private static final int HASH_TO_BUCKET_SHIFT = 56;

    /** The hash of an id and the number of its event. */
    record Entry(long hash, long number) {
        static final int BYTES = 2 * Long.BYTES;
    }

    private final Connection connection;
    private final PreparedStatement insertRecent;
    private final PreparedStatement insertSegment;
    private final PreparedStatement insertBucket;
    private final PreparedStatement selectBucket;

    IdTables(Connection connection) throws SQLException {
        this.connection = connection;
        insertRecent = connection.prepareStatement("INSERT INTO id_recent VALUES (?,?)");
        insertSegment = connection.prepareStatement("INSERT INTO id_segment VALUES (?,?,?)");
        insertBucket = connection.prepareStatement("INSERT INTO id_bucket VALUES (?,?)");
        selectBucket = connection.prepareStatement("SELECT entries FROM id_bucket WHERE key = ?");
    }

    /** Adds the ids of one commit. */
    void insertRecent(List<Entry> entries) throws SQLException {
        insertRecent.setLong(1, entries.get(entries.size() - 1).number());
        insertRecent.setBytes(2, bytes(entries));
        insertRecent.executeUpdate();
    }

    void forEachRecent(LongMultimap.EntryConsumer action) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT entries FROM id_recent")) {
            while (row.next()) {
                ByteBuffer entries = ByteBuffer.wrap(row.getBytes(1));
                while (entries.hasRemaining()) {
                    action.accept(entries.getLong(), entries.getLong());
                }
            }
        }
    }

    void clearRecent() throws SQLException {
        SqliteDatabase.execute(connection, "DELETE FROM id_recent");
    }

    /** Adds a segment that holds these entries. */
    void insertSegment(long segment, long newest, BloomFilter filter, List<Entry> entries) throws SQLException {
        insertSegment.setLong(1, segment);
        insertSegment.setLong(2, newest);
        insertSegment.setBytes(3, filter.bytes());
        insertSegment.executeUpdate();
        var sizes = new int[BUCKETS];
        entries.forEach(entry -> sizes[bucket(entry.hash())]++);
        var buckets = new ByteBuffer[BUCKETS];
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            buckets[bucket] = ByteBuffer.allocate(sizes[bucket] * Entry.BYTES);
        }
        entries.forEach(
                entry -> buckets[bucket(entry.hash())].putLong(entry.hash()).putLong(entry.number()));
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            insertBucket.setLong(1, segment * BUCKETS + bucket);
            insertBucket.setBytes(2, buckets[bucket].array());
            insertBucket.addBatch();
        }
        insertBucket.executeBatch();
    }

    /** The numbers of events whose ids in this segment have this hash. */
    List<Long> find(long segment, long hash) throws SQLException {
        selectBucket.setLong(1, segment * BUCKETS + bucket(hash));
        try (ResultSet row = selectBucket.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the id index lacks a bucket of segment " + segment);
            }
            ByteBuffer entries = ByteBuffer.wrap(row.getBytes(1));
            var numbers = new ArrayList<Long>();
            while (entries.hasRemaining()) {
                long candidate = entries.getLong();
                long number = entries.getLong();
                if (candidate == hash) {
                    numbers.add(number);
                }
            }
            return numbers;
        }
    }

    /** Passes the number, the newest instant and the filter of each segment to the action. */
    void forEachSegment(SegmentConsumer action) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT segment, newest, filter FROM id_segment")) {
            while (row.next()) {
                action.accept(row.getLong(1), row.getLong(2), BloomFilter.of(row.getBytes(3)));
            }
        }
    }

    /** See {@link #forEachSegment}. */
    interface SegmentConsumer {
        void accept(long segment, long newest, BloomFilter filter);
    }

    void drop(long segment) throws SQLException {
        SqliteDatabase.execute(
                connection,
                "DELETE FROM id_bucket WHERE key >= " + segment * BUCKETS + " AND key < " + (segment + 1) * BUCKETS);
        SqliteDatabase.execute(connection, "DELETE FROM id_segment WHERE segment = " + segment);
    }

    /** Drops what a failed transaction left behind. */
    void clear() throws SQLException {
        insertBucket.clearBatch();
    }

    static int bucket(long hash) {
        return (int) (hash >>> HASH_TO_BUCKET_SHIFT);
    }

    private static byte[] bytes(List<Entry> entries) {
        var bytes = ByteBuffer.allocate(entries.size() * Entry.BYTES);
        entries.forEach(entry -> bytes.putLong(entry.hash()).putLong(entry.number()));
        return bytes.array();
    }

    @Override
    public void close() throws SQLException {
        insertRecent.close();
        insertSegment.close();
        insertBucket.close();
        selectBucket.close();
    }
}
