package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.IdTables.Entry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds events by id at a cost that hardly grows with the ledger. A B-tree over random ids would touch a cold page on
 * each insert. Here ids are only appended: the newest are in memory and, one row per commit, in {@code id_recent};
 * every {@link BloomFilter#IDS} of them become an immutable segment. A lookup tests the in-memory filters of all
 * segments and reads from disk only on a positive. A segment is dropped once its ids can no longer be repeated. Events
 * without an id are not indexed. Not thread-safe.
 */
final class IdIndex {
    /** The most that a single clock reading may add to the age of a segment, in case the clock is far ahead. */
    private static final Duration STEP = Duration.ofDays(5);

    /**
     * An id may be repeated for as long as an event of its instant is accepted; two wrong clock readings are tolerated.
     */
    private static final Duration KEPT =
            UsageEvent.MAX_AGE.plus(UsageEvent.MAX_AHEAD).plusDays(1).plus(STEP.multipliedBy(2));

    private final IdTables tables;
    private final EventTable events;
    private final BitSlicedBloomFilters filters = new BitSlicedBloomFilters();

    /** When each segment was created, in milliseconds. */
    private final TreeMap<Long, Long> segments = new TreeMap<>();

    /** The numbers of events by hashes of their ids. */
    private final LongMultimap recent = new LongMultimap();

    IdIndex(IdTables tables, EventTable events) throws SQLException {
        this.tables = tables;
        this.events = events;
        var stored = new TreeMap<Long, BloomFilter>();
        tables.forEachSegment((segment, newest, filter) -> {
            segments.put(segment, newest);
            stored.put(segment, filter);
        });
        filters.addAll(stored);
        tables.forEachRecent(recent::add);
    }

    /** Whether it holds the ids of all events ever recorded. */
    boolean isComplete() {
        return segments.isEmpty() || segments.firstKey() == 1;
    }

    /** The event of this id and its amendments, in the order of recording; empty if there is none. */
    List<RecordedEvent> find(String id) throws SQLException {
        long hash = IdHash.of(id);
        var numbers = new TreeSet<Long>();
        recent.forEach(hash, numbers::add);
        for (long segment : filters.candidates(hash)) {
            numbers.addAll(tables.find(segment, hash));
        }
        if (numbers.isEmpty()) {
            return List.of();
        }
        var found = new TreeMap<Long, RecordedEvent>();
        for (long number : numbers) {
            RecordedEvent event = events.getUnlessPruned(number);
            if (event == null) {
                continue;
            }
            if (id.equals(event.event().id())) {
                found.put(number, event);
                if (event.isAmendment() && !numbers.contains(event.amends())) { // whose own id has expired
                    found.put(event.amends(), events.get(event.amends()));
                    for (RecordedEvent amendment : events.amendments(event.amends())) {
                        found.put(amendment.number(), amendment);
                    }
                }
            }
        }
        return List.copyOf(found.values());
    }

    /**
     * Writes the ids of new events in the current transaction.
     *
     * @return adds them in memory; to be run only after the commit
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
        if (recent.size() + entries.size() >= BloomFilter.IDS) {
            return seal(entries, added);
        }
        tables.insertRecent(entries);
        return () -> entries.forEach(entry -> recent.add(entry.hash(), entry.number()));
    }

    /** Turns recent ids into segments; ids that do not fill one stay recent. */
    private Runnable seal(List<Entry> ids, List<RecordedEvent> added) throws SQLException {
        Instant now = added.get(added.size() - 1).received();
        var entries = new ArrayList<Entry>(recent.size() + ids.size());
        recent.forEach((hash, number) -> entries.add(new Entry(hash, number)));
        entries.addAll(ids);
        tables.clearRecent();
        var sealed = new TreeMap<Long, BloomFilter>();
        var newest = new TreeMap<Long, Long>();
        long segment = segments.isEmpty() ? 1 : segments.lastKey() + 1;
        int from = 0;
        for (; entries.size() - from >= BloomFilter.IDS; from += BloomFilter.IDS, segment++) {
            List<Entry> part = entries.subList(from, from + BloomFilter.IDS);
            BloomFilter filter = BloomFilter.of(part);
            newest.put(segment, received(added, part.get(part.size() - 1)));
            tables.insertSegment(segment, newest.get(segment), filter, part);
            sealed.put(segment, filter);
        }
        List<Entry> remaining = entries.subList(from, entries.size());
        if (!remaining.isEmpty()) {
            tables.insertRecent(remaining);
        }
        List<Long> expired = expired(now);
        for (long old : expired) {
            tables.drop(old);
        }
        return () -> {
            expired.forEach(filters::remove);
            segments.keySet().removeAll(expired);
            segments.putAll(newest);
            filters.addAll(sealed);
            recent.clear();
            remaining.forEach(entry -> recent.add(entry.hash(), entry.number()));
        };
    }

    /** When the event of an id was received. The last of a segment was added, since the recent ones do not fill it. */
    private static long received(List<RecordedEvent> added, Entry entry) throws SQLException {
        for (RecordedEvent event : added) {
            if (event.number() == entry.number()) {
                return event.received().toEpochMilli();
            }
        }
        throw new SQLException("event " + entry.number() + " was not added");
    }

    /** The age of a segment is the sum of the bounded times between segments, which a wrong clock cannot distort. */
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
}
