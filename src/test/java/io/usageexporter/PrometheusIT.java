package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.Http;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.Program;
import io.usageexporter.testing.TestExporter;
import io.usageexporter.testing.Tool;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus and its linter, on the real jar. */
class PrometheusIT {
    @TempDir
    Path folder;

    @Test
    void prometheusSaysWhatApiUsageSays() throws Exception {
        Tool.require("prometheus", "prometheus");
        try (var exporter = new JarExporter(folder)) {
            exporter.http().record(Events.RECOMMENDATION);
            Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                    global: {scrape_interval: 1s}
                    scrape_configs:
                      - job_name: usage
                        static_configs: [{targets: ["127.0.0.1:%d"]}]
                    """.formatted(
                            exporter.http().port()));
            try (var prometheus = Daemon.prometheus(folder, config)) {
                String query = "api_quota_remaining{provider=\"anthropic\",resource=\"tokens\",window=\"daily\"}";
                JsonNode result = Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> query(prometheus.http(), query), found -> !found.isMissingNode());

                JsonNode usage =
                        TestExporter.json(exporter.http().get("/api/usage").body());
                assertThat(result.asText())
                        .isEqualTo(usage.at("/remaining/anthropic/daily/tokens").asText())
                        .isEqualTo("997000");
                assertThat(query(prometheus.http(), "sum(api_usage_tokens_total)")
                                .asText())
                        .isEqualTo(usage.at("/used/anthropic/daily/tokens").asText());
                assertThat(query(prometheus.http(), "scrape_samples_scraped > 0")
                                .isMissingNode())
                        .isFalse();
            }
        }
    }

    @Test
    void theLinterHasNothingToComplainOf() throws Exception {
        Tool.require("promtool", "prometheus");
        try (var exporter = new JarExporter(folder)) {
            exporter.http().record(Events.RECOMMENDATION);
            exporter.http().get("/usage");
            String scrape = exporter.http().get("/metrics").body();

            Program.Result result = Program.run(folder, scrape, List.of("promtool", "check", "metrics"));
            assertThat(result.out() + result.err()).isEmpty();
            assertThat(result.status()).isZero();
        }
    }

    private static JsonNode query(Http prometheus, String query) {
        String answer = prometheus
                .get("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .body();
        return TestExporter.json(answer).at("/data/result/0/value/1");
    }
}
