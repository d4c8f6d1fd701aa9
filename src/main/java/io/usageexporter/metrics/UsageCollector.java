package io.usageexporter.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.usageexporter.event.Source;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.WindowReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;

/** The report as Prometheus series, computed at each scrape; all series of one scrape come from one report. */
public final class UsageCollector implements MultiCollector {

    private final Supplier<Report> reports;
    private final Labels build;
    private final UsageCounters usage = new UsageCounters();
    private final LabelSets labels = new LabelSets();

    /**
     * @param reports supplies the current report
     * @param version of the exporter
     * @param revision the commit it was built from
     */
    public UsageCollector(Supplier<Report> reports, String version, String revision) {
        this.reports = reports;
        this.build = Labels.of("java", System.getProperty("java.version"), "revision", revision, "version", version);
    }

    @Override
    public MetricSnapshots collect() {
        Report report = reports.get();
        var metrics = new ArrayList<MetricSnapshot>();
        usage.addTo(report, metrics);
        providers(report, metrics);
        windows(report, metrics);
        limits(report, metrics);
        new PriceGauges(report, labels).addTo(metrics);
        thresholds(report.thresholds(), metrics);
        metrics.add(InfoSnapshot.builder()
                .name("usage_exporter_build")
                .help("Build information; the value is always 1.")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(build)
                        .build())
                .build());
        var recorded = new CounterBuilder("usage_exporter_events_recorded", "Total events in the ledger, by source.");
        var undone = new CounterBuilder(
                "usage_exporter_events_undone", "Total events in the ledger that were undone, by source.");
        for (Source source : Source.values()) {
            Labels ofSource = labels.of("source", source.label());
            recorded.add(
                    ofSource, (double) report.totals().snapshot().recorded().getOrDefault(source, 0L));
            undone.add(ofSource, (double) report.totals().snapshot().undone().getOrDefault(source, 0L));
        }
        recorded.addTo(metrics);
        undone.addTo(metrics);
        return new MetricSnapshots(metrics);
    }

    private void providers(Report report, List<MetricSnapshot> metrics) {
        var last =
                new GaugeBuilder("usage_exporter_last_event_timestamp_seconds", "Time of the newest recorded event.");
        var known = new GaugeBuilder(
                "usage_exporter_provider_known",
                "Whether the provider's figures are complete (1), or may not be (0): no event yet or for a day,"
                        + " ledger not writable, or configuration reload failed.");
        for (ProviderReport each : report.providers()) {
            Labels ofProvider = labels.of("provider", each.provider().name());
            known.add(ofProvider, each.isKnown() ? 1 : 0);
            Instant at =
                    report.totals().snapshot().lastEvent().get(each.provider().name());
            if (at != null) {
                last.add(ofProvider, at.toEpochMilli() / 1000.0);
            }
        }
        last.addTo(metrics);
        known.addTo(metrics);
    }

    private void windows(Report report, List<MetricSnapshot> metrics) {
        var used = new GaugeBuilder("api_quota_used", "Current usage in the window, as counted towards the limit.");
        var byCategory = new GaugeBuilder("api_quota_used_by_category", "Current usage in the window, by category.");
        var byConsumer = new GaugeBuilder("api_quota_used_by_consumer", "Current usage in the window, by consumer.");
        var exhaustion = new GaugeBuilder(
                "api_quota_exhaustion_timestamp_seconds",
                "Time at which the quota is forecast to run out, or ran out. Absent if it is expected to last or no"
                        + " forecast is possible.");
        var resets = new GaugeBuilder("api_quota_reset_timestamp_seconds", "Time at which the window ends.");
        for (ProviderReport each : report.providers()) {
            String provider = each.provider().name();
            for (WindowReport window : each.windows()) {
                String name = window.window().label();
                Instant resetsAt = window.resetsAt();
                if (resetsAt != null) {
                    resets.add(labels.of("provider", provider, "window", name), (double) resetsAt.getEpochSecond());
                }
                each.forecasts(window.window()).forEach((resource, forecast) -> {
                    Instant at = forecast.at();
                    if (at != null) {
                        exhaustion.add(quota(provider, resource, name), at.toEpochMilli() / 1000.0);
                    }
                });
                window.used().forEach((resource, units) -> {
                    if (!window.isUnknown(resource)) {
                        used.add(quota(provider, resource, name), units.doubleValue());
                    }
                });
                addParts(byCategory, "category", window.breakdown(), provider, name);
                addParts(byConsumer, "consumer", window.consumers(), provider, name);
            }
        }
        used.addTo(metrics);
        byCategory.addTo(metrics);
        byConsumer.addTo(metrics);
        resets.addTo(metrics);
        exhaustion.addTo(metrics);
    }

    private void addParts(
            GaugeBuilder gauge,
            String label,
            SortedMap<String, SortedMap<String, BigDecimal>> parts,
            String provider,
            String window) {
        parts.forEach((name, units) -> units.forEach(
                (resource, amount) -> gauge.add(part(label, name, provider, resource, window), amount.doubleValue())));
    }

    private void limits(Report report, List<MetricSnapshot> metrics) {
        var quotas = new QuotaGauges("api_quota", "");
        var consumerQuotas = new QuotaGauges("api_consumer_quota", " for one consumer");
        var consumerUsed = new GaugeBuilder(
                "api_consumer_quota_used",
                "Current usage in the window by one consumer, as counted towards its limit.");
        for (ProviderReport each : report.providers()) {
            String provider = each.provider().name();
            for (WindowReport window : each.windows()) {
                String name = window.window().label();
                window.quotas().forEach((resource, quota) -> quotas.add(quota(provider, resource, name), quota));
                window.consumerQuotas()
                        .forEach((consumer, ofConsumer) -> ofConsumer.forEach((resource, quota) -> {
                            Labels series = part("consumer", consumer, provider, resource, name);
                            consumerQuotas.add(series, quota);
                            if (!quota.isUnknown()) {
                                consumerUsed.add(series, quota.used().doubleValue());
                            }
                        }));
            }
        }
        quotas.addTo(metrics);
        consumerQuotas.addTo(metrics);
        consumerUsed.addTo(metrics);
    }

    private void thresholds(Thresholds thresholds, List<MetricSnapshot> metrics) {
        var gauge = new GaugeBuilder(
                "api_quota_threshold_ratio",
                "Used ratio from which a quota is in warning, or above which it is critical, by level.");
        gauge.add(labels.of("level", "warning"), thresholds.warning().doubleValue());
        gauge.add(labels.of("level", "critical"), thresholds.critical().doubleValue());
        gauge.addTo(metrics);
    }

    private Labels quota(String provider, String resource, String window) {
        return labels.of("provider", provider, "resource", resource, "window", window);
    }

    private Labels part(String label, String name, String provider, String resource, String window) {
        return labels.of(label, name, "provider", provider, "resource", resource, "window", window);
    }
}
