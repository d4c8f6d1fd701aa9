package io.usageexporter.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.usageexporter.provider.PlanWindow;
import io.usageexporter.provider.PlanWindowState;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.provider.RateLimit;
import io.usageexporter.report.TrackingReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Automatic tracking as Prometheus series, computed at each scrape. Values that a provider has not reported have no
 * series.
 *
 * @param reports supplies the current report
 */
public record ProviderCollector(Supplier<TrackingReport> reports) implements MultiCollector {
    @Override
    public MetricSnapshots collect() {
        TrackingReport report = reports.get();
        var metrics = new ArrayList<MetricSnapshot>();
        rateLimits(report, metrics);
        reported(report.reported(), metrics);
        polls(report, metrics);
        events(report, metrics);
        return new MetricSnapshots(metrics);
    }

    private static void rateLimits(TrackingReport report, List<MetricSnapshot> metrics) {
        var limit = new GaugeBuilder("api_ratelimit_limit", "Provider rate limit per period.");
        var remaining =
                new GaugeBuilder("api_ratelimit_remaining", "Provider rate limit remaining, from the last response.");
        var reset = new GaugeBuilder(
                "api_ratelimit_reset_timestamp_seconds", "Time at which the provider's rate limit resets.");
        var used = new GaugeBuilder(
                "api_ratelimit_used_ratio",
                "Used share of the rate limit of a subscription's window, from the last response.");
        var exhaustion = new GaugeBuilder(
                "api_ratelimit_exhaustion_timestamp_seconds",
                "Time at which a subscription's window is used up, if before its reset.");
        for (RateLimit each : report.rateLimits()) {
            var labels = Labels.of("limit", each.name(), "model", each.model(), "provider", each.provider());
            add(limit, labels, each.limit());
            add(remaining, labels, each.remaining());
            add(reset, labels, each.reset());
        }
        for (PlanWindowState each : report.planWindows()) {
            PlanWindow window = each.window();
            var labels = Labels.of(
                    "limit", window.name(), "organization", window.organization(), "provider", window.provider());
            add(used, labels, window.used());
            add(reset, labels, window.reset());
            add(exhaustion, labels, each.forecast().at());
        }
        limit.addTo(metrics);
        remaining.addTo(metrics);
        reset.addTo(metrics);
        used.addTo(metrics);
        exhaustion.addTo(metrics);
    }

    private static void reported(List<ProviderReportedUsage> reported, List<MetricSnapshot> metrics) {
        var used = new GaugeBuilder(
                "api_provider_reported_used", "Current usage in the window, as reported by the provider.");
        var limit =
                new GaugeBuilder("api_provider_reported_limit", "Limit in the window, as reported by the provider.");
        for (ProviderReportedUsage each : reported) {
            var labels = Labels.of(
                    "provider",
                    each.provider(),
                    "resource",
                    each.resource(),
                    "window",
                    each.window().label());
            add(used, labels, each.used());
            add(limit, labels, each.limit());
        }
        used.addTo(metrics);
        limit.addTo(metrics);
    }

    private static void polls(TrackingReport report, List<MetricSnapshot> metrics) {
        var success = new GaugeBuilder(
                "usage_exporter_poll_success",
                "Whether the last poll of the provider succeeded (1), possibly after retries, or failed (0).");
        var last = new GaugeBuilder(
                "usage_exporter_poll_last_success_timestamp_seconds",
                "Time of the last successful poll of the provider.");
        report.polls().forEach((provider, polled) -> {
            var labels = Labels.of("provider", provider);
            if (polled.success() != null) {
                success.add(labels, polled.success() ? 1 : 0);
            }
            add(last, labels, polled.lastSuccess());
        });
        success.addTo(metrics);
        last.addTo(metrics);
    }

    private static void events(TrackingReport report, List<MetricSnapshot> metrics) {
        var waiting = new GaugeBuilder(
                "usage_exporter_events_waiting", "Current number of events waiting in memory for the ledger.");
        var dropped = new CounterBuilder(
                "usage_exporter_events_dropped", "Total events dropped because the in-memory queue was full.");
        report.events().forEach((source, events) -> {
            var labels = Labels.of("source", source.label());
            waiting.add(labels, events.waiting());
            dropped.add(labels, (double) events.dropped());
        });
        waiting.addTo(metrics);
        dropped.addTo(metrics);
    }

    private static void add(GaugeBuilder gauge, Labels labels, @Nullable BigDecimal value) {
        if (value != null) {
            gauge.add(labels, value.doubleValue());
        }
    }

    private static void add(GaugeBuilder gauge, Labels labels, @Nullable Instant value) {
        if (value != null) {
            gauge.add(labels, value.toEpochMilli() / 1000.0);
        }
    }
}
