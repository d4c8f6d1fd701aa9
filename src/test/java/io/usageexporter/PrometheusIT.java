package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.Prometheus;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus and its linter, on the real jar. */
class PrometheusIT {
    @TempDir
    Path folder;

    @Test
    void prometheusAgreesWithApiUsage() throws Exception {
        RequiredTool.require("prometheus", "prometheus");
        try (var exporter = new JarExporter(folder)) {
            exporter.record(Events.RECOMMENDATION);
            try (var prometheus =
                    new Prometheus(folder, "127.0.0.1:" + exporter.http().port())) {
                prometheus.awaitScrapes(1, 1);

                JsonNode usage = exporter.usage();
                assertThat(query(
                                prometheus,
                                "api_quota_remaining{provider=\"anthropic\",resource=\"tokens\",window=\"daily\"}"))
                        .isEqualTo(usage.at("/remaining/anthropic/daily/tokens").asText())
                        .isEqualTo("997000");
                assertThat(query(prometheus, "sum(api_usage_tokens_total)"))
                        .isEqualTo(usage.at("/used/anthropic/daily/tokens").asText());
                assertThat(query(prometheus, "scrape_samples_scraped > bool 0")).isEqualTo("1");
            }
        }
    }

    @Test
    void promtoolFindsNoFaultInTheScrape() throws Exception {
        RequiredTool.require("promtool", "prometheus");
        try (var exporter = new JarExporter(folder)) {
            exporter.record(Events.RECOMMENDATION);
            exporter.http().get("/usage");
            String scrape = exporter.http().get("/metrics").body();

            ProcessRunner.Result result = ProcessRunner.run(folder, scrape, List.of("promtool", "check", "metrics"));
            assertThat(result.out() + result.err()).isEmpty();
            assertThat(result.status()).isZero();
        }
    }

    /** The value of the only series of a query. */
    private static String query(Prometheus prometheus, String query) {
        JsonNode series = prometheus.query(query, Instant.now());
        assertThat(series).as(query).hasSize(1);
        return series.at("/0/value/1").asText();
    }
}
