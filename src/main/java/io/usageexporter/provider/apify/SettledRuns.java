package io.usageexporter.provider.apify;

import io.usageexporter.recording.LruMap;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * The runs whose figures were final when last observed, with the end of each: a resurrected run has another end. Bounded;
 * drops the least recently used. Thread-safe.
 */
final class SettledRuns {
    private static final int MAX_RUNS = 10_000;

    private final Map<String, Instant> ends = new LruMap<>(MAX_RUNS);

    /** Adds a run that has ended; false if this end of it is already known. */
    synchronized boolean add(Run run) {
        Instant end = Objects.requireNonNullElse(run.finishedAt(), Instant.EPOCH);
        return !end.equals(ends.put(run.id(), end));
    }

    /** Whether this end of a run is known. */
    synchronized boolean contains(Run run) {
        return run.finishedAt() != null && run.finishedAt().equals(ends.get(run.id()));
    }
}
