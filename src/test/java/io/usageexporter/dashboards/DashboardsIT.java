package io.usageexporter.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.dashboards.Dashboard.Query;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.Prometheus;
import io.usageexporter.testing.RequiredTool;
import io.usageexporter.testing.TrackedProviders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The queries of the dashboards against a real Prometheus. It scrapes the real jar, with the demo's usage, under two
 * addresses, like two replicas that share a ledger, and a second exporter with its own ledger.
 */
class DashboardsIT {
    /** Panels without data, and why. */
    private static final Map<String, String> MAY_BE_EMPTY = new TreeMap<>();

    static {
        MAY_BE_EMPTY.put("usage-exporter-health / Alerts firing", "nothing has been wrong for long enough");
        MAY_BE_EMPTY.put("usage-overview / $resource, by model", "compute units have no model");
    }

    @TempDir
    static Path folder;

    private static TrackedProviders providers;
    private static JarExporter exporter;
    private static JarExporter other;
    private static Prometheus prometheus;
    private static Instant now;

    @BeforeAll
    static void simulateAWeek() throws Exception {
        RequiredTool.require("prometheus", "prometheus");
        providers = new TrackedProviders();
        Path config = Files.writeString(folder.resolve("usage.yml"), limits(1000, 1, 1));
        exporter = new JarExporter(
                Files.createDirectories(folder.resolve("first")), "--web.enable-lifecycle", "--config.file=" + config);
        other = new JarExporter(Files.createDirectories(folder.resolve("second")));
        other.http()
                .record("{\"provider\": \"apify\", \"category\": \"instagram\", \"usage\": {\"compute_units\": 7}}");
        prometheus = new Prometheus(
                Files.createDirectories(folder.resolve("prometheus")),
                "127.0.0.1:" + exporter.http().port(),
                "localhost:" + exporter.http().port(),
                "127.0.0.1:" + other.http().port());
        prometheus.awaitScrapes(3, 1);
        var played = ProcessRunner.run(
                folder,
                "",
                ProcessRunner.jar(
                        "demo",
                        "--speed",
                        "0",
                        "--url",
                        "http://127.0.0.1:" + exporter.http().port()));
        assertThat(played.status()).as(played.err()).isZero();
        providers.use(exporter.http());
        Files.writeString(config, limits(1200, 17, 0.9)); // for the annotations
        assertThat(exporter.http().post("/-/reload", "text/plain", "").statusCode())
                .isEqualTo(200);
        prometheus.awaitScrapes(3, 10);
        useEveryResource(); // more than at the previous scrapes, whatever the demo does at this hour
        prometheus.awaitScrapes(3, 20);
        String seen = "count(api_quota_used_by_category{category=\"instagram\",resource=\"compute_units\","
                + "window=\"daily\"} >= 60) == 2";
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> prometheus.query(seen, Instant.now()).size() == 1);
        now = Instant.now();
    }

    private static void useEveryResource() {
        providers.use(exporter.http());
        String events = """
                [{"provider": "anthropic", "category": "recommendations", "model": "claude-sonnet-4-5", "usage": {"tokens":
                   {"input": 450, "output": 110, "cache_read": 2400, "cache_write_5m": 2400, "cache_write_1h": 100}}},
                 {"provider": "anthropic", "category": "recommendations", "model": "unpriced", "usage": {"tokens": 1}},
                 {"provider": "apify", "category": "instagram", "consumer": "growth", "usage": {"compute_units": 60}},
                 {"provider": "apify", "category": "tiktok", "usage": {"compute_units": 60, "usd": 0.5}}]
                """; // exceeds the daily limit, so that a quota is exhausted
        assertThat(exporter.record(events).statusCode()).isEqualTo(200);
    }

    private static String limits(int most, int resetDay, double factor) throws IOException {
        return """
                providers:
                  anthropic:
                    windows: {monthly: {reset_day: %2$d}}
                    limits:
                      daily:   {requests: %1$d, tokens: 1000000, usd: 0.001}
                      monthly: {requests: 30000, tokens: 30000000, usd: %1$d}
                %3$s
                  apify:
                    windows: {monthly: {reset_day: %2$d}}
                    limits:
                      hourly:  {compute_units: 1000}
                      daily:   {compute_units: 100}
                      weekly:  {compute_units: 1000}
                      monthly: {compute_units: %1$d}
                      session: {compute_units: 1000}
                    resources: [requests] # runs, since each event is one
                %4$s
                consumers:
                  growth: {limits: {anthropic: {daily: {tokens: 1000}}, apify: {monthly: {compute_units: 100}}}}
                prices:
                  - {provider: anthropic, from: 2026-01-01, factor: %5$s}
                  - {provider: apify, from: 2026-01-01, units: {compute_units: 0.2}}
                """.formatted(most, resetDay, providers.anthropicKeys(folder), providers.apifyKeys(folder), factor);
    }

    @AfterAll
    static void stop() throws IOException {
        prometheus.close();
        exporter.close();
        other.close();
        providers.close();
    }

    @Test
    void everyQueryReturnsData() throws Exception {
        var empty = new TreeSet<String>();
        var executed = new ArrayList<Query>();
        for (Dashboard dashboard : Dashboard.all()) {
            var variables = new Variables(dashboard, prometheus, now, Map.of());
            for (Query query : dashboard.panelQueries()) {
                String expression = variables.fill(query.expression());
                executed.add(query);
                if (prometheus.query(expression, now).isEmpty()
                        && prometheus
                                .queryRange(expression, now.minusSeconds(60), now)
                                .isEmpty()) {
                    empty.add(query.where());
                }
            }
            for (Query query : dashboard.annotationQueries()) {
                executed.add(query);
                if (prometheus
                        .queryRange(variables.fill(query.expression()), now.minusSeconds(60), now)
                        .isEmpty()) {
                    empty.add(query.where());
                }
            }
        }
        assertThat(executed).hasSizeGreaterThan(80);
        assertThat(empty).isEqualTo(new TreeSet<>(MAY_BE_EMPTY.keySet()));
    }

    /** A replica changes nothing, except on the dashboard about the exporters themselves. */
    @Test
    void replicasAreNotCountedTwice() throws Exception {
        var first = Map.of("instance", "127.0.0.1:" + exporter.http().port());
        var both = Map.of("instance", "(127.0.0.1|localhost):" + exporter.http().port());
        int compared = 0;
        for (Dashboard dashboard : Dashboard.all()) {
            if (dashboard.uid().equals("usage-exporter-health")) {
                continue;
            }
            for (Query query : dashboard.panelQueries()) {
                Map<String, Double> once = values(dashboard, query, first);
                Map<String, Double> twice = values(dashboard, query, both);
                assertThat(twice.keySet()).as(query.toString()).isEqualTo(once.keySet());
                once.forEach((series, value) -> assertThat(twice.get(series))
                        .as(query + " " + series)
                        .isCloseTo(value, within(Math.max(2, Math.abs(value) * 0.15))));
                compared += once.size();
            }
        }
        assertThat(compared).isGreaterThan(50);
    }

    @Test
    void exportersWithSeparateLedgersAreSummed() throws Exception {
        Dashboard overview = Dashboard.read(Dashboard.FOLDER.resolve("usage-overview.json"));
        Query byCategory = overview.panelQueries().stream()
                .filter(query -> query.expression().contains("api_quota_used_by_category")
                        && query.expression().contains("window=\"daily\""))
                .findFirst()
                .orElseThrow();

        Map<String, Double> shown = values(overview, byCategory, Map.of("resource", "compute_units"));

        JsonNode usage = exporter.usage();
        assertThat(shown.get("{category=instagram, provider=apify}"))
                .isCloseTo(
                        usage.at("/breakdown/apify/daily/instagram/compute_units")
                                        .asDouble()
                                + 7,
                        within(1e-6));
    }

    /** The values by labels, without the exporter's address. */
    private static Map<String, Double> values(Dashboard dashboard, Query query, Map<String, String> given) {
        String expression = new Variables(dashboard, prometheus, now, given).fill(query.expression());
        var values = new TreeMap<String, Double>();
        for (JsonNode series : prometheus.query(expression, now)) {
            var labels = new TreeMap<String, String>();
            series.get("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            labels.remove("instance");
            double value = series.at("/value/1").asDouble();
            values.put(labels.toString(), Double.isNaN(value) ? -1 : value);
        }
        return values;
    }
}
