package io.usageexporter.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A real Prometheus with the project's rules, which scrapes exporters every second. */
public final class Prometheus implements AutoCloseable {
    private final Daemon daemon;

    /**
     * Starts it.
     *
     * @param folder for its configuration and its data
     * @param targets hosts and ports of exporters
     */
    public Prometheus(Path folder, String... targets) throws IOException {
        this(folder, "scheme: http", List.of(targets));
    }

    /** The same with settings of the scrape, such as {@code basic_auth}. */
    public Prometheus(Path folder, String settings, List<String> targets) throws IOException {
        Path config = Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: usage-exporter
                    static_configs: [{targets: [%s]}]
                    %s
                """.formatted(
                        Path.of("prometheus/rules/*.yml").toAbsolutePath(),
                        targets.stream().map(each -> '"' + each + '"').collect(Collectors.joining(",")),
                        settings));
        daemon = Daemon.prometheus(folder, config);
    }

    /** Waits for a number of scrapes of each target. */
    public void awaitScrapes(int targets, int scrapes) {
        String scraped = "count(sum_over_time(up[5m]) >= " + scrapes + ") == " + targets;
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> query(scraped, Instant.now()).size() == 1);
    }

    /** The series of an instant query, which must be valid. */
    public JsonNode query(String expression, Instant at) {
        return ask("/api/v1/query?time=" + at.toEpochMilli() / 1000.0 + "&query=" + encode(expression))
                .get("result");
    }

    /** The series of a range query, which must be valid. */
    public JsonNode queryRange(String expression, Instant from, Instant until) {
        return queryRange(expression, from, until, 1);
    }

    /** The same at multiples of a step in seconds, like Grafana. */
    public JsonNode queryRange(String expression, Instant from, Instant until, int step) {
        return ask("/api/v1/query_range?step=" + step + "&start=" + from.getEpochSecond() / step * step + "&end="
                        + until.getEpochSecond() / step * step + "&query=" + encode(expression))
                .get("result");
    }

    /** The values of a label on the series of a selector. */
    public List<String> labelValues(String selector, String label) {
        return ask("/api/v1/label/" + label + "/values?match%5B%5D=" + encode(selector))
                .valueStream()
                .map(JsonNode::asText)
                .toList();
    }

    private JsonNode ask(String path) {
        JsonNode response = TestExporter.json(daemon.http().get(path).body());
        if (!response.path("status").asText().equals("success")) {
            throw new AssertionError(response.path("error").asText() + " in " + path);
        }
        return response.get("data");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        daemon.close();
    }
}
