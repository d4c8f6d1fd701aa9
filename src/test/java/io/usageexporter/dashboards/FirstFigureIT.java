package io.usageexporter.dashboards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.Prometheus;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the dashboards show of a model that was never used before: the first value that Prometheus scrapes counts in full,
 * unlike that of a model used before the first scrape.
 */
class FirstFigureIT {
    private static final Duration RANGE = Duration.ofMinutes(10);

    /** The interval that Grafana selects for ten minutes and 24 bars. */
    private static final int BAR = 30;

    @TempDir
    Path folder;

    @BeforeEach
    void requirePrometheus() {
        RequiredTool.require("prometheus", "prometheus");
    }

    @Test
    void firstBatchOfANewModelIsShownInFullAndEarlierUsageIsNot() throws Exception {
        try (var exporter = new JarExporter(Files.createDirectories(folder.resolve("exporter")))) {
            exporter.http().record(batch(1000, "old"));
            try (var prometheus =
                    new Prometheus(folder, "127.0.0.1:" + exporter.http().port())) {
                prometheus.awaitScrapes(1, 3);
                exporter.http().record(batch(20, "haiku-4-5"));
                assertThat(exporter.http().record("{\"provider\": \"unknown\"}").statusCode())
                        .isEqualTo(400);
                awaitTotal(prometheus, "haiku-4-5", 20);
                Instant now = Instant.now();

                Map<String, Double> shown = figures(prometheus, now, RANGE);

                var expected = new TreeMap<String, Double>();
                expected.put("usage-anthropic / Requests A", 20.0);
                expected.put("usage-anthropic / Tokens A", 300.0);
                expected.put("usage-anthropic / Tokens per request A", 15.0);
                expected.put("usage-anthropic / Requests, by request type A", 20.0);
                expected.put("usage-anthropic / Tokens, by kind A", 300.0);
                expected.put("usage-anthropic / Tokens, by request type A", 300.0);
                expected.put("usage-anthropic / Tokens, by model A", 300.0);
                expected.put("usage-anthropic / Request types and models A", 20.0);
                expected.put("usage-anthropic / Request types and models B", 300.0);
                expected.put("usage-anthropic / Request types and models C", 200.0);
                expected.put("usage-anthropic / Request types and models D", 100.0);
                expected.put("usage-overview / $resource, by category A", 20.0);
                expected.put("usage-overview / $resource, by model A", 20.0);
                expected.put("usage-exporter-health / Events recorded, by source A", 20.0);
                expected.put("usage-exporter-health / Events rejected A", 1.0);
                expected.put("usage-exporter-health / Events not recorded B", 1.0);
                assertThat(shown).containsAllEntriesOf(expected);
                for (String by : List.of("model", "kind", "category", "consumer")) {
                    assertThat(shown.get("usage-cost / Cost of tokens, by " + by + " A"))
                            .as("200 for input at $1 a million, 100 for output at $5")
                            .isCloseTo(0.0007, within(1e-12));
                }
            }
        }
    }

    @Test
    void aRestartOfTheExporterNeitherLosesNorInventsUsage() throws Exception {
        int port = Daemon.freePort();
        Path ledger = Files.createDirectories(folder.resolve("exporter"));
        try (var before = new JarExporter(port, ledger)) {
            before.http().record(batch(1000, "old"));
            assertThat(before.terminate()).isZero();
        }
        try (var exporter = new JarExporter(port, ledger);
                var prometheus = new Prometheus(folder, "127.0.0.1:" + port)) {
            awaitTotal(prometheus, "old", 1000);
            exporter.http().record(batch(20, "new"));
            awaitTotal(prometheus, "new", 20);
            assertThat(exporter.terminate()).isZero();
            Awaitility.await()
                    .until(() -> prometheus.query("up == 0", Instant.now()).size() == 1);
            Instant down = Instant.now();
            try (var again = new JarExporter(port, ledger)) {
                again.http().record(batch(5, "new"));
                again.http().record(batch(7, "newer"));
                awaitTotal(prometheus, "new", 25);
                awaitTotal(prometheus, "newer", 7);
                Instant now = Instant.now();

                assertThat(requests(prometheus, now, RANGE)).isEqualTo(32);
                // A range that starts while the exporter is down continues from the last known value.
                assertThat(requests(prometheus, now, Duration.between(down, now)))
                        .isEqualTo(12);
                assertThat(again.terminate()).isZero();
            }
            Awaitility.await()
                    .until(() -> prometheus.query("up == 0", Instant.now()).size() == 1);
            assertThat(requests(prometheus, Instant.now(), RANGE))
                    .as("while the exporter is down")
                    .isEqualTo(32);
        }
    }

    @Test
    void exportersThatShareALedgerShowItsUsageOnceAlsoWhileTheyAreReplaced() throws Exception {
        String ledger = "--storage.url=" + PostgresServer.shared().newDatabase();
        int port = Daemon.freePort();
        try (var first = new JarExporter(Files.createDirectories(folder.resolve("first")), ledger);
                var second = new JarExporter(Files.createDirectories(folder.resolve("second")), ledger)) {
            first.http().record(batch(1000, "old"));
            try (var prometheus = new Prometheus(
                    folder,
                    "127.0.0.1:" + first.http().port(),
                    "127.0.0.1:" + second.http().port(),
                    "127.0.0.1:" + port)) {
                prometheus.awaitScrapes(2, 3);
                first.http().record(batch(20, "new"));
                second.http().record(batch(5, "new"));
                awaitTotal(prometheus, "new", 25);
                assertThat(requests(prometheus, Instant.now(), RANGE)).isEqualTo(25);

                assertThat(first.terminate()).isZero();
                try (var third = new JarExporter(port, Files.createDirectories(folder.resolve("third")), ledger)) {
                    prometheus.awaitScrapes(3, 3);
                    second.http().record(batch(7, "new"));
                    third.http().record(batch(3, "newer"));
                    awaitTotal(prometheus, "new", 32);
                    awaitTotal(prometheus, "newer", 3);
                    assertThat(second.terminate()).isZero();
                    third.http().record(batch(1, "new"));
                    awaitTotal(prometheus, "new", 33);
                    assertThat(requests(prometheus, Instant.now(), RANGE)).isEqualTo(36);
                }
            }
        }
    }

    private static String batch(int events, String model) {
        var batch = new ArrayList<String>();
        for (int i = 0; i < events; i++) {
            batch.add("{\"provider\": \"anthropic\", \"category\": \"" + model
                    + "\", \"consumer\": \"growth\", \"model\": \"claude-" + model
                    + "\", \"usage\": {\"requests\": 1, \"tokens\": {\"input\": 10, \"output\": 5}}}");
        }
        return batch.toString();
    }

    private static void awaitTotal(Prometheus prometheus, String category, int requests) {
        String total =
                "min(sum by (instance) (api_usage_requests_total{category=\"" + category + "\"})) == " + requests;
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> prometheus.query(total, Instant.now()).size() == 1);
    }

    private static double requests(Prometheus prometheus, Instant now, Duration range) throws Exception {
        Map<String, Double> shown = figures(prometheus, now, range);
        double requests = shown.getOrDefault("usage-anthropic / Requests A", -1.0);
        assertThat(shown).containsEntry("usage-anthropic / Request types and models A", requests);
        return requests;
    }

    /** The sum of the values shown by each query, by the panel's title and the query's letter. */
    private static Map<String, Double> figures(Prometheus prometheus, Instant now, Duration range) throws Exception {
        var figures = new TreeMap<String, Double>();
        var given = Map.of(
                "__range",
                range.toSeconds() + "s",
                "__interval",
                BAR + "s",
                "__interval_ms",
                BAR * 1000 + "",
                "resource",
                "requests",
                "token_provider",
                "anthropic",
                "compute_provider",
                "apify");
        for (Dashboard dashboard : Dashboard.all()) {
            if (dashboard.uid().equals("usage-apify")) {
                continue; // queries compute units
            }
            var variables = new Variables(dashboard, prometheus, now, given);
            for (JsonNode panel : dashboard.panels()) {
                for (JsonNode target : panel.path("targets")) {
                    String expression = variables.fill(target.get("expr").asText());
                    JsonNode shown = target.path("instant").asBoolean()
                            ? prometheus.query(expression, now)
                            : prometheus.queryRange(expression, now.minus(range), now, BAR);
                    figures.put(
                            dashboard.uid() + " / " + panel.get("title").asText() + " "
                                    + target.get("refId").asText(),
                            sum(shown));
                }
            }
        }
        return figures;
    }

    private static double sum(JsonNode shown) {
        double sum = 0;
        for (JsonNode series : shown) {
            sum += series.at("/value/1").asDouble();
            for (JsonNode point : series.path("values")) {
                sum += point.get(1).asDouble();
            }
        }
        return sum;
    }
}
