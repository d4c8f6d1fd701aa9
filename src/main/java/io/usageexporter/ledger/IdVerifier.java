package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.ledger.IdTables.Entry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Verifies the id index: it holds each event with an id, from the oldest indexed one on, exactly once under the hash of
 * its id, and every filter matches its segment.
 */
final class IdVerifier {
    private final Connection connection;
    private final List<String> differences;
    private final long pruned;

    /** The numbers of indexed events, in order, with the hashes of their ids. */
    private long[] numbers = {};

    private long[] hashes = {};
    private int next;
    private boolean lastIndexed = true;

    /** When each segment was created, by the number of its newest event. */
    private final Map<Long, Long> newest = new HashMap<>();

    /** @param pruned up to which number events may be missing, though their ids are indexed */
    IdVerifier(Connection connection, long pruned, List<String> differences) {
        this.connection = connection;
        this.pruned = pruned;
        this.differences = differences;
    }

    /** Reads the complete index. */
    void read() throws SQLException {
        var all = new ArrayList<long[]>(); // number and hash alternate; one array per segment
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT segment, newest, filter FROM id_segment")) {
            while (row.next()) {
                List<Entry> entries = segment(row.getLong(1), row.getBytes(3));
                all.add(flat(entries));
                entries.stream().mapToLong(Entry::number).max().ifPresent(last -> newest.put(last, newestOf(row)));
            }
        }
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT last_number, entries FROM id_recent")) {
            while (row.next()) {
                List<Entry> entries = entries("new ids up to event " + row.getLong(1), row.getBytes(2));
                if (entries.isEmpty() || entries.get(entries.size() - 1).number() != row.getLong(1)) {
                    differences.add("id index: the ids of the commit of event " + row.getLong(1) + " are damaged");
                }
                all.add(flat(entries));
            }
        }
        sort(all);
        orphans();
    }

    private static long newestOf(ResultSet row) {
        try {
            return row.getLong(2);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<Entry> segment(long segment, byte[] filter) throws SQLException {
        var entries = new ArrayList<Entry>();
        int buckets = 0;
        try (var select = connection.prepareStatement(
                "SELECT key, entries FROM id_bucket WHERE key BETWEEN ? AND ? ORDER BY key")) {
            select.setLong(1, segment * IdTables.BUCKETS);
            select.setLong(2, segment * IdTables.BUCKETS + IdTables.BUCKETS - 1);
            try (ResultSet row = select.executeQuery()) {
                for (; row.next(); buckets++) {
                    long bucket = row.getLong(1) - segment * IdTables.BUCKETS;
                    for (Entry entry : entries("segment " + segment, row.getBytes(2))) {
                        entries.add(entry);
                        if (IdTables.bucket(entry.hash()) != bucket) {
                            differences.add("id index: event " + entry.number() + " is in the wrong bucket");
                        }
                    }
                }
            }
        }
        boolean complete = buckets == IdTables.BUCKETS && entries.size() == BloomFilter.IDS;
        if (!complete || !Arrays.equals(BloomFilter.of(entries).bytes(), filter)) {
            differences.add("id index: segment " + segment + (complete ? " has the wrong filter" : " is incomplete"));
        }
        return entries;
    }

    private List<Entry> entries(String where, byte[] bytes) {
        var entries = new ArrayList<Entry>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            while (buffer.hasRemaining()) {
                entries.add(new Entry(buffer.getLong(), buffer.getLong()));
            }
        } catch (BufferUnderflowException e) {
            differences.add("id index: " + where + " ends early");
        }
        return entries;
    }

    private static long[] flat(List<Entry> entries) {
        return entries.stream()
                .sorted(Comparator.comparingLong(Entry::number))
                .flatMapToLong(entry -> LongStream.of(entry.number(), entry.hash()))
                .toArray();
    }

    /** Unless damaged, each segment holds the ids of consecutive events. */
    private void sort(List<long[]> all) {
        all.removeIf(part -> part.length == 0);
        all.sort(Comparator.comparingLong(part -> part[0]));
        int size = all.stream().mapToInt(part -> part.length / 2).sum();
        numbers = new long[size];
        hashes = new long[size];
        int at = 0;
        for (int k = 0; k < all.size(); k++) {
            long[] part = all.set(k, new long[0]);
            for (int i = 0; i < part.length; i += 2, at++) {
                numbers[at] = part[i];
                hashes[at] = part[i + 1];
            }
        }
    }

    private void orphans() throws SQLException {
        int orphans = Sql.integer(
                connection,
                "SELECT count(*) FROM id_bucket WHERE key / " + IdTables.BUCKETS
                        + " NOT IN (SELECT segment FROM id_segment)");
        if (orphans > 0) {
            differences.add("id index: " + orphans + " buckets belong to no segment");
        }
    }

    /** Checks an event; to be called in the order of recording. */
    void check(RecordedEvent recorded) {
        long number = recorded.number();
        for (; next < numbers.length && numbers[next] < number; next++) {
            if (numbers[next] > pruned) {
                differences.add("id index: event " + numbers[next] + " is indexed, but does not exist or has no id");
            }
        }
        String id = recorded.event().id();
        boolean indexed = next < numbers.length && numbers[next] == number;
        if (id != null) {
            lastIndexed = indexed;
            if (!indexed && next > 0) {
                differences.add("id index: event " + number + " is missing, so a duplicate would be counted again");
            } else if (indexed && hashes[next] != IdHash.of(id)) {
                differences.add("id index: event " + number + " is indexed under the wrong id");
            }
        } else if (indexed) {
            differences.add("id index: event " + number + " is indexed, but has no id");
        }
        Long made = newest.get(number);
        if (made != null && made != recorded.received().toEpochMilli()) {
            differences.add("id index: the segment up to event " + number + " has the wrong age");
        }
        next += indexed ? 1 : 0;
    }

    /** Finishes the check after the last event. */
    void end() {
        for (; next < numbers.length; next++) {
            if (numbers[next] > pruned) {
                differences.add("id index: event " + numbers[next] + " is indexed, but does not exist");
            }
        }
        if (!lastIndexed && numbers.length == 0) {
            differences.add("id index: empty, so duplicates would be counted again");
        }
    }
}
