package io.usageexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.usageexporter.event.Source;
import io.usageexporter.provider.PlanWindow;
import io.usageexporter.provider.PlanWindowState;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.provider.RateLimit;
import io.usageexporter.quota.ExhaustionForecast;
import io.usageexporter.quota.ExhaustionForecast.Kind;
import io.usageexporter.report.TrackingReport;
import io.usageexporter.report.TrackingReport.Polled;
import io.usageexporter.report.TrackingReport.Unrecorded;
import io.usageexporter.window.Window;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProviderCollectorTest {
    private static final Instant RESET = Instant.parse("2026-11-24T09:16:00.500Z");

    /** The samples, without HELP and TYPE. */
    private static List<String> samples(
            List<RateLimit> limits,
            List<ProviderReportedUsage> reported,
            Map<String, Polled> polls,
            Map<Source, Unrecorded> events)
            throws IOException {
        return samples(new TrackingReport(
                limits, List.of(), reported, new TreeMap<>(), new TreeMap<>(polls), new TreeMap<>(events)));
    }

    private static List<String> samples(TrackingReport report) throws IOException {
        var text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(text, new ProviderCollector(() -> report).collect());
        return text.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    @Test
    void emptyReportHasNoSeries() throws IOException {
        assertThat(samples(List.of(), List.of(), Map.of(), Map.of())).isEmpty();
    }

    @Test
    void rateLimitsHaveAModelLabel() throws IOException {
        var limit = new RateLimit(
                "anthropic", "claude", "input-tokens", BigDecimal.valueOf(400_000), BigDecimal.ZERO, RESET);
        assertThat(samples(List.of(limit), List.of(), Map.of(), Map.of()))
                .containsExactly(
                        "api_ratelimit_limit{limit=\"input-tokens\",model=\"claude\",provider=\"anthropic\"} 400000.0",
                        "api_ratelimit_remaining{limit=\"input-tokens\",model=\"claude\",provider=\"anthropic\"} 0.0",
                        "api_ratelimit_reset_timestamp_seconds{limit=\"input-tokens\",model=\"claude\","
                                + "provider=\"anthropic\"} 1.7955117605E9");
    }

    private static PlanWindowState window(
            String organization, String used, @Nullable Instant reset, @Nullable Instant exhaustion) {
        return new PlanWindowState(
                new PlanWindow(
                        "anthropic", organization, "unified-5h", new BigDecimal(used), reset, null, "allowed", true),
                true,
                RESET,
                new ExhaustionForecast(exhaustion == null ? Kind.UNKNOWN : Kind.RUNS_OUT, exhaustion));
    }

    @Test
    void planWindowsHaveAnOrganizationLabel() throws IOException {
        List<PlanWindowState> windows = List.of(window("a", "0.42", RESET, RESET), window("b", "1.02", null, null));
        var limit = new RateLimit("anthropic", "claude", "requests", null, null, RESET);
        assertThat(samples(new TrackingReport(
                        List.of(limit), windows, List.of(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>())))
                .containsExactlyInAnyOrder(
                        "api_ratelimit_used_ratio{limit=\"unified-5h\",organization=\"a\",provider=\"anthropic\"} 0.42",
                        "api_ratelimit_used_ratio{limit=\"unified-5h\",organization=\"b\",provider=\"anthropic\"} 1.02",
                        "api_ratelimit_reset_timestamp_seconds{limit=\"unified-5h\",organization=\"a\","
                                + "provider=\"anthropic\"} 1.7955117605E9",
                        "api_ratelimit_reset_timestamp_seconds{limit=\"requests\",model=\"claude\","
                                + "provider=\"anthropic\"} 1.7955117605E9",
                        "api_ratelimit_exhaustion_timestamp_seconds{limit=\"unified-5h\",organization=\"a\","
                                + "provider=\"anthropic\"} 1.7955117605E9");
    }

    @Test
    void unreportedValuesHaveNoSeries() throws IOException {
        var limit = new RateLimit("anthropic", "", "requests", null, BigDecimal.ONE, null);
        var used = new ProviderReportedUsage("apify", "compute_units", Window.MONTHLY, new BigDecimal("1.5"), null);
        var limited = new ProviderReportedUsage("apify", "compute_units", Window.DAILY, null, BigDecimal.TEN);
        assertThat(samples(
                        List.of(limit),
                        List.of(used, limited),
                        Map.of("anthropic", new Polled(null, null), "apify", new Polled(false, null)),
                        Map.of()))
                .containsExactlyInAnyOrder(
                        "api_ratelimit_remaining{limit=\"requests\",model=\"\",provider=\"anthropic\"} 1.0",
                        "api_provider_reported_used{provider=\"apify\",resource=\"compute_units\",window=\"monthly\"}"
                                + " 1.5",
                        "api_provider_reported_limit{provider=\"apify\",resource=\"compute_units\",window=\"daily\"}"
                                + " 10.0",
                        "usage_exporter_poll_success{provider=\"apify\"} 0.0");
    }

    @Test
    void pollsAndEventsHaveSeries() throws IOException {
        assertThat(samples(
                        List.of(),
                        List.of(),
                        Map.of("apify", new Polled(true, RESET)),
                        Map.of(Source.GATEWAY, new Unrecorded(3, 4), Source.POLLER, new Unrecorded(0, 0))))
                .containsExactlyInAnyOrder(
                        "usage_exporter_poll_success{provider=\"apify\"} 1.0",
                        "usage_exporter_poll_last_success_timestamp_seconds{provider=\"apify\"} 1.7955117605E9",
                        "usage_exporter_events_waiting{source=\"gateway\"} 3.0",
                        "usage_exporter_events_waiting{source=\"poller\"} 0.0",
                        "usage_exporter_events_dropped_total{source=\"gateway\"} 4.0",
                        "usage_exporter_events_dropped_total{source=\"poller\"} 0.0");
    }
}
