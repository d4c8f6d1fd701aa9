package io.usageexporter.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/** Builds a gauge; one without series is omitted. */
final class GaugeBuilder {
    private final GaugeSnapshot.Builder builder = GaugeSnapshot.builder();
    private boolean empty = true;

    GaugeBuilder(String name, String help) {
        builder.name(name).help(help);
    }

    void add(Labels labels, double value) {
        empty = false;
        builder.dataPoint(new GaugeSnapshot.GaugeDataPointSnapshot(value, labels, null));
    }

    void addTo(List<MetricSnapshot> metrics) {
        if (!empty) {
            metrics.add(builder.build());
        }
    }
}
