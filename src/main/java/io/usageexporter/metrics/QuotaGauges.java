package io.usageexporter.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.usageexporter.quota.Quota;
import java.util.List;

/** The gauges of quotas: without a limit or a price there is no series, rather than infinity or 0. */
final class QuotaGauges {
    private final GaugeBuilder limit;
    private final GaugeBuilder remaining;
    private final GaugeBuilder usedRatio;
    private final GaugeBuilder status;

    /**
     * Gauges without series.
     *
     * @param prefix of their names
     * @param owner whose they are, as part of each HELP, such as {@code " for one consumer"}; may be empty
     */
    QuotaGauges(String prefix, String owner) {
        limit = new GaugeBuilder(prefix + "_limit", "Limit in the window" + owner + ".");
        remaining = new GaugeBuilder(prefix + "_remaining", "Amount left in the window" + owner + ", at least 0.");
        usedRatio = new GaugeBuilder(
                prefix + "_used_ratio", "Ratio of usage to limit" + owner + ", above 1 when over the limit.");
        status = new GaugeBuilder(
                prefix + "_status",
                "Quota status" + owner + ": 0 good, 1 warning, 2 critical; see api_quota_threshold_ratio.");
    }

    void add(Labels labels, Quota quota) {
        limit.add(labels, quota.limit().doubleValue());
        if (!quota.isUnknown()) {
            remaining.add(labels, quota.remaining().doubleValue());
            usedRatio.add(labels, quota.usedRatio());
            status.add(labels, quota.status().level());
        }
    }

    void addTo(List<MetricSnapshot> metrics) {
        limit.addTo(metrics);
        remaining.addTo(metrics);
        usedRatio.addTo(metrics);
        status.addTo(metrics);
    }
}
