package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeApify;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exporters that share a ledger, of which the one that polls is killed. Each has a fake of its own. */
class OnceOnlyIT {
    private static final String POLLED = "usage_exporter_poll_success{provider=\"apify\"}";
    private static final String UNITS = "api_usage_compute_units_total";
    private static final String RUN = "Rn0SampleRunId001";
    private static final String ACTOR = "shu8hvrXbJbY3Eb9W";
    private static final String READ = "/v2/actor-runs/" + RUN;

    @TempDir
    Path folder;

    private JarExporter exporter(String name, FakeApify apify, String ledger) throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        Files.writeString(own.resolve("token"), FakeApify.TOKEN);
        Files.writeString(own.resolve("secret"), "of-the-webhook");
        Path config = Files.writeString(own.resolve("usage.yml"), """
                providers:
                  apify:
                    limits: {monthly: {compute_units: 1000}}
                    gateway: {upstream: '%s'}
                    poll: {token_file: token}
                    webhook: {secret_file: secret}
                """.formatted(apify.uri()));
        return new JarExporter(own, "--config.file=" + config, "--storage.url=" + ledger);
    }

    private static void announce(JarExporter exporter) {
        assertThat(exporter.http()
                        .post(
                                "/webhooks/apify/of-the-webhook",
                                "application/json",
                                Samples.text("apify/webhook-custom-template-minimal.json"))
                        .statusCode())
                .isEqualTo(200);
    }

    private static double units(JarExporter exporter) {
        return exporter.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().startsWith(UNITS))
                .mapToDouble(metric -> metric.getValue().doubleValue())
                .sum();
    }

    @Test
    void anotherTakesOverWithinFifteenSecondsOfAKill() throws Exception {
        String ledger = PostgresServer.shared().newDatabase();
        try (var one = new FakeApify();
                var other = new FakeApify();
                JarExporter first = exporter("one", one, ledger)) {
            Awaitility.await().until(() -> first.metrics().containsKey(POLLED));
            try (JarExporter second = exporter("other", other, ledger)) {
                String started = Instant.now().minus(Duration.ofHours(1)).toString();
                one.addRun(FakeApify.run(RUN, ACTOR, "RUNNING", started, "0.125"));
                other.addRun(FakeApify.run(RUN, ACTOR, "SUCCEEDED", started, "0.25"));
                announce(second);
                Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> units(second) == 0.125);
                assertThat(one.requests(READ)).isPositive();
                assertThat(other.targets()).isEmpty();
                assertThat(second.metrics()).doesNotContainKey(POLLED);

                first.kill();

                Awaitility.await()
                        .atMost(Duration.ofSeconds(15))
                        .until(() -> second.metrics().containsKey(POLLED));
                Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> units(second) == 0.25);
                assertThat(other.requests(READ)).isPositive();
            }
        }
    }
}
