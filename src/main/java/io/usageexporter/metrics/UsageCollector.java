package io.usageexporter.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.report.WindowReport;
import io.usageexporter.totals.Series;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The report as Prometheus series, computed at each scrape; all series of one scrape come from one report. */
public final class UsageCollector implements MultiCollector {

    private final Supplier<Report> reports;
    private final Labels build;

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
        counters(report, metrics);
        providers(report, metrics);
        windows(report, metrics);
        limits(report, metrics);
        new PriceGauges(report).addTo(metrics);
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
            Labels labels = Labels.of("source", source.label());
            recorded.add(labels, (double) report.totals().snapshot().recorded().getOrDefault(source, 0L));
            undone.add(labels, (double) report.totals().snapshot().undone().getOrDefault(source, 0L));
        }
        recorded.addTo(metrics);
        undone.addTo(metrics);
        return new MetricSnapshots(metrics);
    }

    private static void counters(Report report, List<MetricSnapshot> metrics) {
        var byResource = new TreeMap<String, CounterBuilder>();
        var existing = new HashSet<Series>(report.totals().snapshot().series().keySet());
        var shown = new HashMap<String, Set<String>>();
        for (ProviderReport each : report.providers()) {
            ProviderConfig provider = each.provider();
            shown.put(provider.name(), provider.resources());
            for (String category : provider.categories()) {
                for (Measure measure : provider.measures()) {
                    var series = new Series(provider.name(), category, "", measure);
                    if (existing.add(series)) {
                        add(byResource, series, BigDecimal.ZERO);
                    }
                }
            }
        }
        report.totals().snapshot().series().forEach((series, total) -> {
            if (shown.getOrDefault(series.provider(), Set.of())
                    .contains(series.measure().resource())) {
                add(byResource, series, total);
            }
        });
        byResource.values().forEach(counter -> counter.addTo(metrics));
    }

    private static void add(Map<String, CounterBuilder> byResource, Series series, BigDecimal total) {
        String resource = series.measure().resource();
        if (resource.equals(Measure.USD)) {
            return; // what usage costs may be corrected, and a counter must not fall
        }
        TokenKind kind = series.measure().kind();
        var names = new ArrayList<String>();
        var values = new ArrayList<String>();
        addLabel(names, values, "category", series.category());
        addLabelUnlessEmpty(names, values, "consumer", series.consumer());
        addLabelUnlessEmpty(names, values, "kind", kind == null ? "" : kind.label());
        addLabel(names, values, "model", series.model());
        addLabelUnlessEmpty(names, values, "pricing", series.pricing());
        addLabel(names, values, "provider", series.provider());
        Labels labels = Labels.of(names, values);
        byResource
                .computeIfAbsent(
                        resource,
                        name -> new CounterBuilder(
                                "api_usage_" + name, "Total usage recorded: " + name.replace('_', ' ') + "."))
                .add(labels, total.doubleValue());
    }

    private static void addLabel(List<String> names, List<String> values, String name, String value) {
        names.add(name);
        values.add(value);
    }

    /** To Prometheus a label without a value is the same as none. */
    private static void addLabelUnlessEmpty(List<String> names, List<String> values, String name, String value) {
        if (!value.isEmpty()) {
            addLabel(names, values, name, value);
        }
    }

    private static void providers(Report report, List<MetricSnapshot> metrics) {
        var last =
                new GaugeBuilder("usage_exporter_last_event_timestamp_seconds", "Time of the newest recorded event.");
        var known = new GaugeBuilder(
                "usage_exporter_provider_known",
                "Whether the provider's figures are complete (1), or may not be (0): no event yet or for a day,"
                        + " ledger not writable, or configuration reload failed.");
        for (ProviderReport each : report.providers()) {
            var labels = Labels.of("provider", each.provider().name());
            known.add(labels, each.isKnown() ? 1 : 0);
            Instant at =
                    report.totals().snapshot().lastEvent().get(each.provider().name());
            if (at != null) {
                last.add(labels, at.toEpochMilli() / 1000.0);
            }
        }
        last.addTo(metrics);
        known.addTo(metrics);
    }

    private static void windows(Report report, List<MetricSnapshot> metrics) {
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
                    resets.add(Labels.of("provider", provider, "window", name), (double) resetsAt.getEpochSecond());
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

    private static void addParts(
            GaugeBuilder gauge,
            String label,
            SortedMap<String, SortedMap<String, BigDecimal>> parts,
            String provider,
            String window) {
        parts.forEach((name, units) -> units.forEach(
                (resource, amount) -> gauge.add(part(label, name, provider, resource, window), amount.doubleValue())));
    }

    private static void limits(Report report, List<MetricSnapshot> metrics) {
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
                            Labels labels = part("consumer", consumer, provider, resource, name);
                            consumerQuotas.add(labels, quota);
                            if (!quota.isUnknown()) {
                                consumerUsed.add(labels, quota.used().doubleValue());
                            }
                        }));
            }
        }
        quotas.addTo(metrics);
        consumerQuotas.addTo(metrics);
        consumerUsed.addTo(metrics);
    }

    private static void thresholds(Thresholds thresholds, List<MetricSnapshot> metrics) {
        var gauge = new GaugeBuilder(
                "api_quota_threshold_ratio",
                "Used ratio from which a quota is in warning, or above which it is critical, by level.");
        gauge.add(Labels.of("level", "warning"), thresholds.warning().doubleValue());
        gauge.add(Labels.of("level", "critical"), thresholds.critical().doubleValue());
        gauge.addTo(metrics);
    }

    private static Labels quota(String provider, String resource, String window) {
        return Labels.of("provider", provider, "resource", resource, "window", window);
    }

    private static Labels part(String label, String name, String provider, String resource, String window) {
        return Labels.of(label, name, "provider", provider, "resource", resource, "window", window);
    }
}
