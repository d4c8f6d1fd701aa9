package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.IdTables.Entry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds the event of an id, at a cost that hardly grows with the ledger. One big index over random ids would make each
 * insert touch another cold page. Here ids are only ever appended: the newest are in memory and, a row a commit, in
 * {@code id_recent}; each {@link BloomFilter#IDS} of them become a segment that is never changed again. A look-up asks the
 * filters of all segments, which are in memory, and reads from the disk only where one says "perhaps". A segment goes
 * when it is too old for a repeat. Events without an id never come here. Not thread-safe.
 */
final class IdIndex {
    /** What one reading of the clock may add to the age of a segment at the most, however far ahead it stands. */
    private static final Duration STEP = Duration.ofDays(5);

    /** An id may be repeated for as long as its event's instant may be recorded; and the clock may be wrong twice. */
    private static final Duration KEPT =
            UsageEvent.MAX_AGE.plus(UsageEvent.MAX_AHEAD).plusDays(1).plus(STEP.multipliedBy(2));

    private static final long[] NONE = {};

    private final IdTables tables;
    private final EventTable events;
    private final BitSlicedBloomFilters filters = new BitSlicedBloomFilters();

    /** What the clock said when each segment was made, in milliseconds. */
    private final TreeMap<Long, Long> segments = new TreeMap<>();

    private final Map<Long, long[]> recent = new HashMap<>();
    private int recentIds;

    IdIndex(IdTables tables, EventTable events) throws SQLException {
        this.tables = tables;
        this.events = events;
        var stored = new TreeMap<Long, BloomFilter>();
        tables.forEachSegment((segment, newest, filter) -> {
            segments.put(segment, newest);
            stored.put(segment, filter);
        });
        filters.addAll(stored);
        tables.forEachRecent(this::addRecent);
    }

    /** The event of this id and those that raise it, in the order of recording; empty when there is none. */
    List<RecordedEvent> find(String id) throws SQLException {
        long hash = IdHash.of(id);
        var numbers = new TreeSet<Long>();
        for (long number : recent.getOrDefault(hash, NONE)) {
            numbers.add(number);
        }
        for (long segment : filters.candidates(hash)) {
            numbers.addAll(tables.find(segment, hash));
        }
        if (numbers.isEmpty()) {
            return List.of();
        }
        var found = new TreeMap<Long, RecordedEvent>();
        for (long number : numbers) {
            RecordedEvent event = events.get(number);
            if (id.equals(event.event().id())) {
                found.put(number, event);
                if (event.isAmendment() && !numbers.contains(event.amends())) { // of which only the raise is new enough
                    found.put(event.amends(), events.get(event.amends()));
                }
            }
        }
        return List.copyOf(found.values());
    }

    /**
     * Writes the ids of new events in the transaction that is under way.
     *
     * @return makes them known in memory; to be run when, and only when, the transaction has been committed
     */
    Runnable stage(List<RecordedEvent> added) throws SQLException {
        var entries = new ArrayList<Entry>();
        for (RecordedEvent event : added) {
            String id = event.event().id();
            if (id != null) {
                entries.add(new Entry(IdHash.of(id), event.number()));
            }
        }
        if (entries.isEmpty()) {
            return () -> {};
        }
        if (recentIds + entries.size() >= BloomFilter.IDS) {
            return seal(entries, added.get(added.size() - 1).received());
        }
        tables.insertRecent(entries);
        return () -> entries.forEach(entry -> addRecent(entry.hash(), entry.number()));
    }

    /** Makes segments of all that is recent; what does not fill one stays recent. */
    private Runnable seal(List<Entry> added, Instant now) throws SQLException {
        var entries = new ArrayList<Entry>(recentIds + added.size());
        recent.forEach((hash, numbers) -> {
            for (long number : numbers) {
                entries.add(new Entry(hash, number));
            }
        });
        entries.addAll(added);
        tables.clearRecent();
        var sealed = new TreeMap<Long, BloomFilter>();
        long segment = segments.isEmpty() ? 1 : segments.lastKey() + 1;
        int from = 0;
        for (; entries.size() - from >= BloomFilter.IDS; from += BloomFilter.IDS, segment++) {
            List<Entry> part = entries.subList(from, from + BloomFilter.IDS);
            BloomFilter filter = BloomFilter.of(part);
            tables.insertSegment(segment, now.toEpochMilli(), filter, part);
            sealed.put(segment, filter);
        }
        List<Entry> rest = entries.subList(from, entries.size());
        if (!rest.isEmpty()) {
            tables.insertRecent(rest);
        }
        List<Long> expired = expired(now);
        for (long old : expired) {
            tables.drop(old);
        }
        return () -> {
            expired.forEach(filters::remove);
            segments.keySet().removeAll(expired);
            sealed.keySet().forEach(number -> segments.put(number, now.toEpochMilli()));
            filters.addAll(sealed);
            recent.clear();
            recentIds = 0;
            rest.forEach(entry -> addRecent(entry.hash(), entry.number()));
        };
    }

    /** The age of a segment is the time that went by from one segment to the next, not what a clock says now. */
    private List<Long> expired(Instant now) {
        var expired = new ArrayList<Long>();
        long age = 0;
        long later = now.toEpochMilli();
        for (var segment : segments.descendingMap().entrySet()) {
            age += Math.max(0, Math.min(later - segment.getValue(), STEP.toMillis()));
            later = segment.getValue();
            if (age > KEPT.toMillis()) {
                expired.add(segment.getKey());
            }
        }
        return expired;
    }

    private void addRecent(long hash, long number) {
        recentIds++;
        recent.merge(hash, new long[] {number}, (old, one) -> {
            long[] both = Arrays.copyOf(old, old.length + 1);
            both[old.length] = number;
            return both;
        });
    }
}
