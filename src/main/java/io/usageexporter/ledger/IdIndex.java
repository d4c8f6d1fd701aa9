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
import org.jspecify.annotations.Nullable;

/**
 * Finds the event of an id, at a cost that hardly grows with the ledger. One big index over random ids would make each
 * insert touch another cold page. Here ids are only ever appended: the newest are in memory and, a row a commit, in
 * {@code id_recent}; when {@value #SEGMENT} have come they become a segment that is never changed again. A look-up asks
 * the filter of each segment, all of them in memory, and reads from the disk only where one says "perhaps". A segment
 * goes when it is too old for a repeat. Events without an id never come here. Not thread-safe.
 */
final class IdIndex {
    /** Ids in memory before they become a segment. */
    private static final int SEGMENT = 65_536;

    /** An id may be repeated for as long as its event's instant may be recorded; a day more does no harm. */
    private static final Duration KEPT =
            UsageEvent.MAX_AGE.plus(UsageEvent.MAX_AHEAD).plusDays(1);

    private record Segment(long newest, IdFilter filter) {}

    private final IdTables tables;
    private final EventTable events;
    private final TreeMap<Long, Segment> segments = new TreeMap<>();
    private final Map<Long, long[]> recent = new HashMap<>();

    IdIndex(IdTables tables, EventTable events) throws SQLException {
        this.tables = tables;
        this.events = events;
        tables.forEachSegment((segment, newest, filter) -> segments.put(segment, new Segment(newest, filter)));
        tables.forEachRecent((hash, number) -> add(recent, hash, number));
    }

    /** The event of this id, or null. */
    @Nullable
    RecordedEvent find(String id) throws SQLException {
        long hash = IdHash.of(id);
        long[] numbers = recent.get(hash);
        if (numbers != null) {
            for (long number : numbers) {
                RecordedEvent event = events.get(number);
                if (id.equals(event.event().id())) {
                    return event;
                }
            }
        }
        for (var segment : segments.entrySet()) {
            if (segment.getValue().filter().mayContain(hash)) {
                for (long number : tables.find(segment.getKey(), hash)) {
                    RecordedEvent event = events.get(number);
                    if (id.equals(event.event().id())) {
                        return event;
                    }
                }
            }
        }
        return null;
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
        if (recent.size() + entries.size() >= SEGMENT) {
            return seal(entries, added.get(added.size() - 1).received());
        }
        tables.insertRecent(entries);
        return () -> entries.forEach(entry -> add(recent, entry.hash(), entry.number()));
    }

    private Runnable seal(List<Entry> entries, Instant now) throws SQLException {
        recent.forEach((hash, numbers) -> {
            for (long number : numbers) {
                entries.add(new Entry(hash, number));
            }
        });
        long number = segments.isEmpty() ? 1 : segments.lastKey() + 1;
        var segment = new Segment(now.toEpochMilli(), IdFilter.of(entries));
        tables.seal(number, segment.newest(), segment.filter(), entries);
        long oldest = now.minus(KEPT).toEpochMilli();
        var expired = new ArrayList<Long>();
        for (var old : segments.entrySet()) {
            if (old.getValue().newest() < oldest) {
                expired.add(old.getKey());
                tables.drop(old.getKey());
            }
        }
        return () -> {
            recent.clear();
            segments.keySet().removeAll(expired);
            segments.put(number, segment);
        };
    }

    private static void add(Map<Long, long[]> numbers, long hash, long number) {
        numbers.merge(hash, new long[] {number}, (old, one) -> {
            long[] both = Arrays.copyOf(old, old.length + 1);
            both[old.length] = number;
            return both;
        });
    }
}
