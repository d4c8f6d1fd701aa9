package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.TestExporter;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Complete responses, so that any renamed series, lost HELP, changed type or field is noticed. */
class GoldenTest {
    /** Lines that differ between runs. */
    private static final Pattern VOLATILE =
            Pattern.compile("^(usage_exporter_(?:build_info|http_connections|ledger_size_bytes|ledger_disk_free_bytes"
                    + "|ledger_open_timestamp_seconds|ledger_commit_seconds_(?:bucket|sum|max)))((?:\\{le=.*})?).*");

    /** Lines that depend on the JVM, and on the requests completed before the scrape. */
    private static final Pattern ELSEWHERE = Pattern.compile("^(# (HELP|TYPE) )?(jvm|process|system|http_server)_.*");

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension("""
            timezone: Asia/Kathmandu
            thresholds: {warning: 0.5, critical: 0.8}
            providers:
              anthropic:
                limits:
                  daily:   {requests: 1000, tokens: 1000000}
                  monthly: {requests: 30000, tokens: 30000000}
              apify:
                timezone: UTC
                windows: {monthly: {reset_day: 17}}
                limits:
                  monthly: {compute_units: 3000}
              maps:
                display_name: Maps
                resources: [tiles]
            consumers:
              growth:
                display_name: Growth
                limits: {anthropic: {daily: {tokens: 1000000}, monthly: {requests: 100, usd: 50}}}
              search: {limits: {anthropic: {monthly: {tokens: 500000}}, apify: {daily: {compute_units: 5}}}}
            """);

    GoldenTest() {
        exporter.clock().advance(Duration.ofMillis(123));
    }

    @BeforeEach
    void recordSomething() {
        exporter.record("""
                [{"id": "msg_1", "provider": "anthropic", "category": "recommendations", "model": "claude-sonnet-4-5",
                  "at": "2026-11-24T09:00:00Z",
                  "usage": {"requests": 1, "tokens": {"input": 1200, "output": 800, "cache_read": 5000}}},
                 {"id": "msg_1", "provider": "anthropic", "category": "recommendations", "model": "claude-sonnet-4-5",
                  "at": "2026-11-24T09:00:00Z",
                  "usage": {"requests": 1, "tokens": {"input": 1200, "output": 800, "cache_read": 5000}}},
                 {"provider": "anthropic", "consumer": "growth", "pricing": "batch", "usage": {"tokens": 899000}},
                 {"provider": "anthropic", "at": "2026-11-02T00:00:00Z", "usage": {"requests": 14000}},
                 {"provider": "apify", "category": "instagram", "usage": {"compute_units": 0.0125}},
                 {"provider": "apify", "category": "new \\"platform\\"", "at": "2026-11-17T00:00:00Z",
                  "usage": {"compute_units": 2400}},
                 {"provider": "apify", "category": "tiktok", "at": "2026-11-16T23:59:59Z", "usage": {"compute_units": 7}},
                 {"provider": "maps", "usage": {"tiles": 12345.678}}]""");
        exporter.record("{\"provider\": \"maps\", \"usage\": {\"roads\": 1}}");
    }

    @Test
    void completeScrape() throws Exception {
        String scrape = exporter.http().get("/metrics").body();

        String stable = scrape.lines()
                .filter(line -> !ELSEWHERE.matcher(line).matches())
                .map(line -> VOLATILE.matcher(line).replaceFirst("$1$2 …"))
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(stable).isEqualTo(golden("scrape.txt", stable));
    }

    @Test
    void completeUsageJson() throws Exception {
        String usage =
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(exporter.usage());

        assertThat(usage + "\n").isEqualTo(golden("usage.json", usage + "\n"));
    }

    @Test
    void completeHistoryJson() throws Exception {
        String history = new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(TestExporter.json(
                        exporter.http().get("/api/usage/history?days=2").body()));

        assertThat(history + "\n").isEqualTo(golden("history.json", history + "\n"));
    }

    @Test
    void completeMonthlyHistoryCsv() throws Exception {
        String history = exporter.http()
                .get("/api/usage/history?window=monthly", "Accept", "text/csv")
                .body()
                .replace("\r\n", "\n");

        assertThat(history).isEqualTo(golden("history.csv", history));
    }

    @Test
    void completeText() throws Exception {
        assertThat(exporter.text()).isEqualTo(golden("usage.txt", exporter.text()));
    }

    /** The expected response. With -Dgolden.write=true it is replaced by the actual one, to be reviewed as a diff. */
    private static String golden(String name, String actual) throws Exception {
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(Path.of("src/test/resources/io/usageexporter/golden", name), actual);
            return actual;
        }
        try (InputStream stream = GoldenTest.class.getResourceAsStream("golden/" + name)) {
            assertThat(stream).as("src/test/resources/…/golden/" + name).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
