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
import io.usageexporter.quota.Quota;
import io.usageexporter.render.Humanize;
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
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The report as Prometheus series, made anew at each scrape; all series of one scrape are of one report. */
public final class UsageCollector implements MultiCollector {
    private final Supplier<Report> reports;
    private final Labels build;

    /**
     * @param reports gives the report of now
     * @param version of this program
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
        quotas(report, metrics);
        metrics.add(InfoSnapshot.builder()
                .name("usage_exporter_build")
                .help("What is running.")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(build)
                        .build())
                .build());
        var recorded =
                new CounterBuilder("usage_exporter_events_recorded", "Events in the ledger, by how they came in.");
        for (Source source : Source.values()) {
            recorded.add(Labels.of("source", source.label()), (double)
                    report.totals().recorded().getOrDefault(source, 0L));
        }
        recorded.addTo(metrics);
        return new MetricSnapshots(metrics);
    }

    private static void counters(Report report, List<MetricSnapshot> metrics) {
        var byResource = new TreeMap<String, CounterBuilder>();
        var existing = new HashSet<Series>(report.totals().series().keySet());
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
        report.totals().series().forEach((series, total) -> {
            if (shown.getOrDefault(series.provider(), Set.of())
                    .contains(series.measure().resource())) {
                add(byResource, series, total);
            }
        });
        byResource.values().forEach(counter -> counter.addTo(metrics));
    }

    private static void add(Map<String, CounterBuilder> byResource, Series series, BigDecimal total) {
        TokenKind kind = series.measure().kind();
        Labels labels = kind == null
                ? Labels.of("category", series.category(), "model", series.model(), "provider", series.provider())
                : Labels.of(
                        "category",
                        series.category(),
                        "kind",
                        kind.label(),
                        "model",
                        series.model(),
                        "provider",
                        series.provider());
        String resource = series.measure().resource();
        byResource
                .computeIfAbsent(
                        resource,
                        name -> new CounterBuilder(
                                "api_usage_" + name, "Everything ever used: " + Humanize.plural(name) + "."))
                .add(labels, total.doubleValue());
    }

    private static void quotas(Report report, List<MetricSnapshot> metrics) {
        var used = new GaugeBuilder("api_quota_used", "Used in the window so far, as it counts towards the limit.");
        var byCategory =
                new GaugeBuilder("api_quota_used_by_category", "The part of api_quota_used that a category used.");
        var exhaustion = new GaugeBuilder(
                "api_quota_exhaustion_timestamp_seconds",
                "When the quota will run out, or ran out; absent where it is foreseen to last, or nothing is.");
        var resets = new GaugeBuilder("api_quota_reset_timestamp_seconds", "When the window ends.");
        var last = new GaugeBuilder("usage_exporter_last_event_timestamp_seconds", "When the newest recorded use was.");
        var known = new GaugeBuilder(
                "usage_exporter_provider_known",
                "0 if the provider's figures may be incomplete: no event yet or for a day, ledger not writable,"
                        + " or configuration reload failed; else 1.");
        for (ProviderReport each : report.providers()) {
            String provider = each.provider().name();
            known.add(Labels.of("provider", provider), each.isKnown() ? 1 : 0);
            Instant at = report.totals().lastEvent().get(provider);
            if (at != null) {
                last.add(Labels.of("provider", provider), at.toEpochMilli() / 1000.0);
            }
            for (WindowReport window : each.windows()) {
                String name = window.window().label();
                resets.add(Labels.of("provider", provider, "window", name), (double)
                        window.resetsAt().getEpochSecond());
                each.forecasts(window.window()).forEach((resource, outlook) -> {
                    Instant out = outlook.at();
                    if (out != null) {
                        exhaustion.add(quota(provider, resource, name), out.toEpochMilli() / 1000.0);
                    }
                });
                window.used()
                        .forEach((resource, units) -> used.add(quota(provider, resource, name), units.doubleValue()));
                window.breakdown()
                        .forEach((category, units) -> units.forEach((resource, part) -> byCategory.add(
                                Labels.of(
                                        "category",
                                        category,
                                        "provider",
                                        provider,
                                        "resource",
                                        resource,
                                        "window",
                                        name),
                                part.doubleValue())));
            }
        }
        used.addTo(metrics);
        byCategory.addTo(metrics);
        resets.addTo(metrics);
        exhaustion.addTo(metrics);
        last.addTo(metrics);
        known.addTo(metrics);
        limited(
                report,
                "api_quota_limit",
                "The limit in the window.",
                quota -> quota.limit().doubleValue(),
                metrics);
        limited(
                report,
                "api_quota_remaining",
                "What is left in the window, never below 0.",
                quota -> quota.remaining().doubleValue(),
                metrics);
        limited(report, "api_quota_used_ratio", "Used over limit, above 1 when overdrawn.", Quota::usedRatio, metrics);
        limited(
                report,
                "api_quota_status",
                "0 good, 1 warning, 2 critical; see api_quota_threshold_ratio.",
                quota -> quota.status().level(),
                metrics);
        var thresholds = new GaugeBuilder(
                "api_quota_threshold_ratio",
                "The used ratio from which a quota is in warning, and above which it is critical.");
        thresholds.add(
                Labels.of("level", "warning"), report.thresholds().warning().doubleValue());
        thresholds.add(
                Labels.of("level", "critical"), report.thresholds().critical().doubleValue());
        thresholds.addTo(metrics);
    }

    /** A gauge that exists only where there is a limit: what has none has no series, rather than infinity or 0. */
    private static void limited(
            Report report, String name, String help, ToDoubleFunction<Quota> value, List<MetricSnapshot> metrics) {
        var gauge = new GaugeBuilder(name, help);
        for (ProviderReport each : report.providers()) {
            for (WindowReport window : each.windows()) {
                window.quotas()
                        .forEach((resource, quota) -> gauge.add(
                                quota(
                                        each.provider().name(),
                                        resource,
                                        window.window().label()),
                                value.applyAsDouble(quota)));
            }
        }
        gauge.addTo(metrics);
    }

    private static Labels quota(String provider, String resource, String window) {
        return Labels.of("provider", provider, "resource", resource, "window", window);
    }
}
