package io.usageexporter.provider.apify;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The runs whose figures were final when they were last seen, by their end: a run that is resurrected has another one.
 * Forgets the oldest. Thread-safe.
 */
final class SettledRuns {
    private static final int MAX_RUNS = 10_000;

    private final Map<String, Instant> ends = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MAX_RUNS;
        }
    };

    /** Takes a run that has ended; whether it was not there yet. */
    synchronized boolean add(Run run) {
        Instant end = Objects.requireNonNullElse(run.finishedAt(), Instant.EPOCH);
        return !end.equals(ends.put(run.id(), end));
    }

    /** Whether this end of a run is known. */
    synchronized boolean contains(Run run) {
        return run.finishedAt() != null && run.finishedAt().equals(ends.get(run.id()));
    }
}
