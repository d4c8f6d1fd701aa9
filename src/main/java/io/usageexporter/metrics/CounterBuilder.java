package io.usageexporter.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/** Builds a counter from totals that never fall. */
final class CounterBuilder {
    private final CounterSnapshot.Builder builder = CounterSnapshot.builder();

    CounterBuilder(String name, String help) {
        builder.name(name).help(help);
    }

    void add(Labels labels, double total) {
        add(new CounterDataPointSnapshot(total, labels, null, 0));
    }

    void add(CounterDataPointSnapshot series) {
        builder.dataPoint(series);
    }

    void addTo(List<MetricSnapshot> metrics) {
        metrics.add(builder.build());
    }
}
