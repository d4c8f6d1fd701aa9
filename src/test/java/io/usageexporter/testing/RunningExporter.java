package io.usageexporter.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.client.UsageClient;
import io.usageexporter.demo.Demo;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;

/** An exporter that serves, in this process or another. */
public interface RunningExporter {
    Http http();

    default HttpResponse<String> record(String json) {
        return http().record(json);
    }

    /** The response of {@code GET /api/usage}. */
    default JsonNode usage() {
        return TestExporter.json(http().get("/api/usage").body());
    }

    default JsonNode usageAt(String instant) {
        return TestExporter.json(http().get("/api/usage?at=" + instant).body());
    }

    default String text() {
        return http().get("/usage").body();
    }

    /** Every sample of a scrape, by name and labels as exposed. */
    default Map<String, BigDecimal> metrics() {
        return TestExporter.samples(http().get("/metrics").body());
    }

    /** One sample of a scrape, which must exist. */
    default BigDecimal metric(String series) {
        Map<String, BigDecimal> metrics = metrics();
        BigDecimal value = metrics.get(series);
        if (value == null) {
            throw new AssertionError("no " + series + " in " + metrics.keySet());
        }
        return value;
    }

    /** Plays the demo's 34 days before an instant, which are always the same. */
    default void playDemo(String now) throws Demo.DeliveryException {
        try (UsageClient client =
                UsageClient.builder().url("http://127.0.0.1:" + http().port()).build()) {
            new Demo(client, Instant.parse(now), 1).backdate(34);
        }
    }
}
