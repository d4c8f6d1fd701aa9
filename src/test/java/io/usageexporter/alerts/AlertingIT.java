package io.usageexporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.RequiredTool;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
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
            assertThat(alert.get("labels"))
                    .isEqualTo(TestExporter.json("""
                            {"alertname": "UsageQuotaCritical", "severity": "critical",
                             "job": "usage-exporter", "instance": "127.0.0.1:%d",
                             "provider": "apify", "resource": "compute_units", "window": "daily"}
                            """.formatted(exporter.http().port())));
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
            awaitStates(pipeline, Map.of("UsageExporterWatchdog", "active", "UsageExporterDown", "active"));

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

    private static void awaitNotifications(Pipeline pipeline, String... notifications) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(pipeline.receiver().summaries()).containsExactly(notifications));
    }

    private static void awaitStates(Pipeline pipeline, Map<String, String> states) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(pipeline.states()).isEqualTo(states));
    }
}
