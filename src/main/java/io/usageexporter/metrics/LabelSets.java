package io.usageexporter.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Label sets, each validated and ordered once, and then kept: the names in a report are those of the configuration and,
 * up to a cap, those of events, so there is an end to them. Thread-safe.
 */
final class LabelSets {
    private final ConcurrentHashMap<List<String>, Labels> known = new ConcurrentHashMap<>();

    Labels of(String... namesAndValues) {
        return known.computeIfAbsent(List.of(namesAndValues), absent -> Labels.of(absent.toArray(new String[0])));
    }
}
