package io.usageexporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.TestExporter;
import io.usageexporter.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From use to those who are told: the real jar, Prometheus and Alertmanager, with the shipped files. What is changed in
 * them says {@link PackFiles}: addresses, and how long things are waited for.
 */
class AlertingIT {
    private static final DateTimeFormatter AS_TOLD =
            DateTimeFormatter.ofPattern("EEE d MMM HH:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    @TempDir
    Path folder;

    @BeforeEach
    void tools() {
        Tool.require("prometheus", "prometheus");
        Tool.require("prometheus-alertmanager", "prometheus-alertmanager");
    }

    @Test
    void whoeverIsInChargeIsToldWhenUseIsCriticalAndWhenTheWindowHasTurned() throws Exception {
        Path config = dayEndsIn(Duration.ofHours(1));
        try (var exporter = new JarExporter(folder, "--config.file=" + config.getFileName(), "--web.enable-lifecycle");
                var pipeline = new Pipeline(folder, exporter.http().port())) {
            Receiver receiver = pipeline.receiver();
            use(exporter, "80.001");

            await(() -> receiver.told().size() == 1);
            JsonNode alert = receiver.told().get(0).alerts().get(0);
            String resets = usage(exporter, "/resets_at/apify/daily");
            assertThat(receiver.briefly()).containsExactly("critical firing UsageQuotaCritical");
            assertThat(texts(alert.get("labels")))
                    .isEqualTo(Map.of(
                            "alertname",
                            "UsageQuotaCritical",
                            "severity",
                            "critical",
                            "job",
                            "usage-exporter",
                            "instance",
                            "127.0.0.1:" + exporter.http().port(),
                            "provider",
                            "apify",
                            "resource",
                            "compute_units",
                            "window",
                            "daily"));
            assertThat(texts(alert.get("annotations")))
                    .isEqualTo(Map.of(
                            "summary",
                            "A quota is above its critical threshold.",
                            "description",
                            "apify has used 80.01% of its daily compute_units. 19.999 left. Resets "
                                    + AS_TOLD.format(Instant.parse(resets)) + ".",
                            "runbook_url",
                            "prometheus/RUNBOOK.md#usagequotacritical"));
            // The warning is there, and kept back.
            await(() -> pipeline.states()
                    .equals(Map.of(
                            "UsageExporterWatchdog",
                            "active",
                            "UsageQuotaCritical",
                            "active",
                            "UsageQuotaWarning",
                            "suppressed")));
            assertThat(receiver.hearsHeartbeat()).isTrue();

            // The day ends in another zone: the exporter counts it anew, up to its midnight, which is real.
            dayEndsIn(Duration.ofSeconds(4));
            assertThat(exporter.http().send("POST", "/-/reload").statusCode()).isEqualTo(200);
            assertThat(usage(exporter, "/used/apify/daily/compute_units")).isEqualTo("80.001");

            await(() -> receiver.told().size() == 2);
            assertThat(usage(exporter, "/used/apify/daily/compute_units")).isEqualTo("0");
            await(() -> pipeline.states().equals(Map.of("UsageExporterWatchdog", "active")));
            assertThat(receiver.briefly())
                    .containsExactly("critical firing UsageQuotaCritical", "critical resolved UsageQuotaCritical");
        }
    }

    @Test
    void anExporterThatDiesEndsNoQuotasAlert() throws Exception {
        Path config = dayEndsIn(Duration.ofHours(1));
        var exporter = new JarExporter(folder, "--config.file=" + config.getFileName());
        try (var pipeline = new Pipeline(folder, exporter.http().port())) {
            Receiver receiver = pipeline.receiver();
            use(exporter, "90");
            await(() -> receiver.told().size() == 1);

            exporter.kill();
            await(() -> receiver.told().size() == 2);
            // Prometheus knows nothing of the quota any more, and says so to Alertmanager.
            await(() ->
                    pipeline.states().equals(Map.of("UsageExporterWatchdog", "active", "UsageExporterDown", "active")));

            int port = exporter.http().port();
            exporter = new JarExporter(port, folder, "--config.file=" + config.getFileName());
            await(() -> receiver.told().size() == 3);
            await(() -> "active".equals(pipeline.states().get("UsageQuotaCritical")));
            assertThat(receiver.briefly())
                    .containsExactly(
                            "critical firing UsageQuotaCritical",
                            "critical firing UsageExporterDown",
                            "critical resolved UsageExporterDown");
        } finally {
            exporter.close();
        }
    }

    /** A configuration in whose time zone it is that long until midnight. */
    private Path dayEndsIn(Duration duration) throws Exception {
        int day = (int) Duration.ofDays(1).toSeconds();
        int then = (int) (Instant.now().plus(duration).getEpochSecond() % day);
        String zone =
                ZoneOffset.ofTotalSeconds(then > day / 2 ? day - then : -then).getId();
        return Files.writeString(folder.resolve("usage.yml"), """
                timezone: "%s"
                providers:
                  apify:
                    limits:
                      daily: {compute_units: 100}
                """.formatted(zone));
    }

    private static void use(JarExporter exporter, String units) {
        String event = "{\"provider\":\"apify\",\"category\":\"tiktok\",\"usage\":{\"compute_units\":" + units + "}}";
        assertThat(exporter.http().record(event).statusCode()).isEqualTo(200);
    }

    private static String usage(JarExporter exporter, String pointer) {
        return TestExporter.json(exporter.http().get("/api/usage").body())
                .at(pointer)
                .asText();
    }

    private static Map<String, String> texts(JsonNode object) {
        var texts = new TreeMap<String, String>();
        object.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(condition);
    }
}
