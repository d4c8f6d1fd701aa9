package io.usageexporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.RequiredTool;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From usage to notification: the real jar, Prometheus and Alertmanager with the shipped files, in which
 * {@link MonitoringPack} changes only addresses and delays.
 */
class AlertingIT {
    private static final DateTimeFormatter IN_DESCRIPTIONS =
            DateTimeFormatter.ofPattern("EEE d MMM HH:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final Map<String, String> HEARTBEAT_ONLY = Map.of("UsageExporterWatchdog", "active");

    @TempDir
    Path folder;

    @BeforeAll
    static void tools() {
        RequiredTool.require("prometheus", "prometheus");
        RequiredTool.require("prometheus-alertmanager", "prometheus-alertmanager");
    }

    @Test
    void onlyTheCriticalAlertIsDeliveredAndResolvesWithTheNewWindow() throws Exception {
        Path config = dayEndsIn(Duration.ofHours(1));
        try (var exporter = new JarExporter(folder, "--config.file=" + config, "--web.enable-lifecycle");
                var pipeline = new Pipeline(folder, exporter.http().port())) {
            recordUnits(exporter, "80.001");

            awaitNotifications(pipeline, "critical firing UsageQuotaCritical");
            JsonNode alert = pipeline.receiver().notifications().get(0).alerts().get(0);
            assertThat(alert.get("labels")).isEqualTo(TestExporter.json("""
                            {"alertname": "UsageQuotaCritical", "severity": "critical",
                             "job": "usage-exporter", "ledger": "%s",
                             "provider": "apify", "resource": "compute_units", "window": "daily"}
                            """.formatted(ledger(exporter))));
            Instant resets = Instant.parse(usage(exporter, "/resets_at/apify/daily"));
            assertThat(alert.get("annotations"))
                    .isEqualTo(TestExporter.json("""
                            {"summary": "Quota is above its critical threshold.",
                             "description": "apify has used 80.01%% of its daily compute_units. 19.999 left. Resets %s. Top category: tiktok (80.001).",
                             "page_url": "http://localhost:5000/usage",
                             "dashboard_url": "http://localhost:3000/d/usage-overview?var-provider=apify&var-resource=compute_units",
                             "runbook_url": "http://localhost:3000/public/usage-exporter/RUNBOOK.md#usagequotacritical"}
                            """.formatted(IN_DESCRIPTIONS.format(resets))));
            // The warning fires, but is inhibited.
            awaitStates(
                    pipeline,
                    Map.of(
                            "UsageExporterWatchdog", "active",
                            "UsageQuotaCritical", "active",
                            "UsageQuotaWarning", "suppressed"));
            assertThat(pipeline.receiver().hasHeartbeat()).isTrue();

            // In another time zone the day ends sooner; the exporter recounts it, up to an actual midnight.
            dayEndsIn(Duration.ofSeconds(10));
            assertThat(exporter.http().send("POST", "/-/reload").statusCode()).isEqualTo(200);
            assertThat(usage(exporter, "/used/apify/daily/compute_units")).isEqualTo("80.001");

            awaitNotifications(pipeline, "critical firing UsageQuotaCritical", "critical resolved UsageQuotaCritical");
            assertThat(usage(exporter, "/used/apify/daily/compute_units")).isEqualTo("0");
            awaitStates(pipeline, HEARTBEAT_ONLY);
            awaitNotifications(pipeline, "critical firing UsageQuotaCritical", "critical resolved UsageQuotaCritical");
        }
    }

    @Test
    void aKilledExporterResolvesNoQuotaAlert() throws Exception {
        Path config = dayEndsIn(Duration.ofHours(1));
        var exporter = new JarExporter(folder, "--config.file=" + config);
        try (var pipeline = new Pipeline(folder, exporter.http().port())) {
            recordUnits(exporter, "90");
            awaitNotifications(pipeline, "critical firing UsageQuotaCritical");

            exporter.kill();
            awaitNotifications(pipeline, "critical firing UsageQuotaCritical", "critical firing UsageExporterDown");
            // The quota has disappeared from Prometheus, which has resolved its alert in Alertmanager.
            awaitStates(
                    pipeline,
                    Map.of(
                            "UsageExporterWatchdog", "active",
                            "UsageExporterDown", "active",
                            "UsageLedgerAbsent", "suppressed"));

            exporter = new JarExporter(exporter.http().port(), folder, "--config.file=" + config);
            awaitStates(
                    pipeline,
                    Map.of(
                            "UsageExporterWatchdog", "active",
                            "UsageQuotaCritical", "active",
                            "UsageQuotaWarning", "suppressed"));
            awaitNotifications(
                    pipeline,
                    "critical firing UsageQuotaCritical",
                    "critical firing UsageExporterDown",
                    "critical resolved UsageExporterDown");
        } finally {
            exporter.close();
        }
    }

    @Test
    void exportersThatShareALedgerAlertOnceWhetherOneOfThemIsGoneOrNot() throws Exception {
        String config = "--config.file=" + dayEndsIn(Duration.ofHours(1));
        String shared = "--storage.url=" + PostgresServer.shared().newDatabase();
        try (var first = new JarExporter(Files.createDirectories(folder.resolve("first")), config, shared);
                var second = new JarExporter(Files.createDirectories(folder.resolve("second")), config, shared);
                var other = new JarExporter(Files.createDirectories(folder.resolve("other")), config);
                var pipeline = new Pipeline(
                        folder,
                        first.http().port(),
                        second.http().port(),
                        other.http().port())) {
            String ofBoth = ledger(first);
            assertThat(ledger(second)).isEqualTo(ofBoth);
            recordUnits(first, "50");
            recordUnits(second, "40");
            recordUnits(other, "95");
            List<String> active = Stream.of(ofBoth, ledger(other))
                    .map(ledger -> ledger + " active")
                    .sorted()
                    .toList();
            awaitStates(pipeline, "UsageQuotaCritical", active);

            second.kill();
            awaitStates(
                    pipeline,
                    "UsageExporterDown",
                    List.of("127.0.0.1:" + second.http().port() + " active"));
            assertThat(pipeline.states("UsageQuotaCritical")).isEqualTo(active);
            assertThat(pipeline.states("UsageLedgerAbsent")).isEmpty();

            first.kill();
            awaitStates(pipeline, "UsageLedgerAbsent", List.of(ofBoth + " suppressed"));
            awaitStates(pipeline, "UsageQuotaCritical", List.of(ledger(other) + " active"));
            assertThat(pipeline.receiver().notifications())
                    .filteredOn(notification -> notification.summary().contains("UsageQuotaCritical"))
                    .noneMatch(Receiver.Notification::isResolved)
                    .allSatisfy(notification -> assertThat(notification.alerts())
                            .extracting(alert -> alert.at("/labels/ledger").asText())
                            .doesNotHaveDuplicates());
        }
    }

    /** Writes a configuration with one provider, in a time zone in which midnight is that far away. */
    private Path dayEndsIn(Duration duration) throws Exception {
        int day = (int) Duration.ofDays(1).toSeconds();
        int then = (int) (Instant.now().plus(duration).getEpochSecond() % day);
        ZoneOffset zone = ZoneOffset.ofTotalSeconds(then > day / 2 ? day - then : -then);
        return Files.writeString(folder.resolve("usage.yml"), """
                timezone: "%s"
                providers:
                  apify:
                    limits:
                      daily: {compute_units: 100}
                """.formatted(zone));
    }

    private static void recordUnits(JarExporter exporter, String units) {
        String event = "{\"provider\":\"apify\",\"category\":\"tiktok\",\"usage\":{\"compute_units\":" + units + "}}";
        assertThat(exporter.record(event).statusCode()).isEqualTo(200);
    }

    private static String usage(JarExporter exporter, String pointer) {
        return exporter.usage().at(pointer).asText();
    }

    /** The id of its ledger. */
    private static String ledger(JarExporter exporter) {
        Matcher id = Pattern.compile("usage_exporter_ledger_open_timestamp_seconds\\{ledger=\"(\\w+)\"}")
                .matcher(exporter.http().get("/metrics").body());
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    private static void awaitNotifications(Pipeline pipeline, String... notifications) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(pipeline.receiver().summaries()).containsExactly(notifications));
    }

    private static void awaitStates(Pipeline pipeline, String alert, List<String> states) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(pipeline.states(alert)).isEqualTo(states));
    }

    private static void awaitStates(Pipeline pipeline, Map<String, String> states) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(pipeline.states()).isEqualTo(states));
    }
}
