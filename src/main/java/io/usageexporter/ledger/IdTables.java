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
    private final LastingStatement insertRecent;
    private final LastingStatement insertSegment;
    private final PreparedStatement insertBucket;
    private final LastingStatement selectBucket;

    IdTables(Connection connection) throws SQLException {
        this.connection = connection;
        insertRecent = new LastingStatement(connection, "INSERT INTO id_recent VALUES (?,?,?)");
        insertSegment = new LastingStatement(connection, "INSERT INTO id_segment VALUES (?,?,?,?)");
        insertBucket = connection.prepareStatement("INSERT INTO id_bucket VALUES (?,?,?)");
        selectBucket = new LastingStatement(connection, "SELECT entries, check_value FROM id_bucket WHERE key = ?");
    }

    /** Adds the ids of one commit. */
    void insertRecent(List<Entry> entries) throws SQLException {
        long last = entries.get(entries.size() - 1).number();
        byte[] bytes = bytes(entries);
        PreparedStatement insert = insertRecent.get();
        insert.setLong(1, last);
        insert.setBytes(2, bytes);
        insert.setInt(3, new CheckValue().add(last).add(bytes).value());
        insert.executeUpdate();
    }

    void forEachRecent(LongMultimap.EntryConsumer action) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT last_number, entries, check_value FROM id_recent")) {
            while (row.next()) {
                byte[] bytes = row.getBytes(2);
                check(row, 3, new CheckValue().add(row.getLong(1)).add(bytes));
                ByteBuffer entries = ByteBuffer.wrap(bytes);
                while (entries.hasRemaining()) {
                    action.accept(entries.getLong(), entries.getLong());
                }
            }
        }
    }

    void clearRecent() throws SQLException {
        Sql.execute(connection, "DELETE FROM id_recent");
    }

    /** Adds a segment that holds these entries. */
    void insertSegment(long segment, long newest, BloomFilter filter, List<Entry> entries) throws SQLException {
        byte[] bytes = filter.bytes();
        PreparedStatement insert = insertSegment.get();
        insert.setLong(1, segment);
        insert.setLong(2, newest);
        insert.setBytes(3, bytes);
        insert.setInt(4, new CheckValue().add(segment).add(newest).add(bytes).value());
        insert.executeUpdate();
        var sizes = new int[BUCKETS];
        entries.forEach(entry -> sizes[bucket(entry.hash())]++);
        var buckets = new ByteBuffer[BUCKETS];
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            buckets[bucket] = ByteBuffer.allocate(sizes[bucket] * Entry.BYTES);
        }
        entries.forEach(
                entry -> buckets[bucket(entry.hash())].putLong(entry.hash()).putLong(entry.number()));
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            long key = segment * BUCKETS + bucket;
            byte[] array = buckets[bucket].array();
            insertBucket.setLong(1, key);
            insertBucket.setBytes(2, array);
            insertBucket.setInt(3, new CheckValue().add(key).add(array).value());
            insertBucket.addBatch();
        }
        insertBucket.executeBatch();
    }

    /** The numbers of events whose ids in this segment have this hash. */
    List<Long> find(long segment, long hash) throws SQLException {
        long key = segment * BUCKETS + bucket(hash);
        PreparedStatement select = selectBucket.get();
        select.setLong(1, key);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("the id index lacks a bucket of segment " + segment);
            }
            byte[] bytes = row.getBytes(1);
            check(row, 2, new CheckValue().add(key).add(bytes));
            ByteBuffer entries = ByteBuffer.wrap(bytes);
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
                ResultSet row = statement.executeQuery("SELECT segment, newest, filter, check_value FROM id_segment")) {
            while (row.next()) {
                long segment = row.getLong(1);
                long newest = row.getLong(2);
                byte[] bytes = row.getBytes(3);
                check(row, 4, new CheckValue().add(segment).add(newest).add(bytes));
                action.accept(segment, newest, BloomFilter.of(bytes));
            }
        }
    }

    /** Rows of versions without check values have none. */
    private static void check(ResultSet row, int column, CheckValue value) throws SQLException {
        if (row.getInt(column) != value.value() && !row.wasNull()) {
            throw CheckedRows.damaged("the index of ids is not as it was written");
        }
    }

    /** See {@link #forEachSegment}. */
    interface SegmentConsumer {
        void accept(long segment, long newest, BloomFilter filter);
    }

    void drop(long segment) throws SQLException {
        Sql.execute(
                connection,
                "DELETE FROM id_bucket WHERE key >= " + segment * BUCKETS + " AND key < " + (segment + 1) * BUCKETS);
        Sql.execute(connection, "DELETE FROM id_segment WHERE segment = " + segment);
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
