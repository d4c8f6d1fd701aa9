package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.TestExporter;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadEndpointsTest {
    private static final String PROVIDERS = """
            providers:
              anthropic:
                limits: {daily: {requests: LIMIT}}
            """;

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension(PROVIDERS.replace("LIMIT", "10"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*                                               | text/plain; version=0.0.4; charset=utf-8 | # TYPE api_usage_requests_total counter",
                "application/openmetrics-text; version=1.0.0       | application/openmetrics-text; version=1.0.0; charset=utf-8 | # TYPE api_usage_requests counter"
            })
    void scrapeHasTheRequestedFormat(String accept, String contentType, String line) {
        HttpResponse<String> response = exporter.http().get("/metrics", "Accept", accept);

        assertThat(response.headers().firstValue("Content-Type")).hasValue(contentType);
        assertThat(response.body().lines()).contains(line);
    }

    @Test
    void scrapeAsProtobuf() {
        HttpResponse<byte[]> response = exporter.http()
                .getBytes(
                        "/metrics",
                        "Accept",
                        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited");

        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .startsWith("application/vnd.google.protobuf");
        assertThat(new String(response.body(), StandardCharsets.ISO_8859_1)).contains("api_usage_requests_total");
    }

    @Test
    void scrapeIsCompressedOnRequest() throws Exception {
        HttpResponse<byte[]> response = exporter.http().getBytes("/metrics", "Accept-Encoding", "deflate, gzip;q=0.5");

        assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
        String scrape = new String(
                new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes(), StandardCharsets.UTF_8);
        assertThat(TestExporter.samples(scrape))
                .containsKey("api_quota_used{provider=\"anthropic\",resource=\"requests\",window=\"daily\"}");
        assertThat(exporter.http()
                        .getBytes("/metrics", "Accept-Encoding", "gzip;q=0")
                        .headers()
                        .firstValue("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void resourcesWithoutLimitHaveNoLimitSeries() {
        String scrape = exporter.http().get("/metrics").body();

        assertThat(scrape.lines().filter(line -> line.startsWith("api_"))).noneMatch(line -> line.contains("Inf"));
        assertThat(TestExporter.samples(scrape).keySet())
                .filteredOn(series -> series.matches("api_quota_(limit|remaining|used_ratio|status).*"))
                .hasSize(4)
                .allMatch(series -> series.contains("window=\"daily\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "", "2026-11-24", "2026-13-01T00:00:00Z"})
    void invalidInstantIsRejectedWith400(String at) {
        HttpResponse<String> response = exporter.http().get("/api/usage?at=" + at);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("at must be an RFC 3339 instant");
    }

    @ParameterizedTest
    @CsvSource({
        "window=daily, unknown query parameter window; allowed: at",
        "at=2026-11-24T00:00:00Z&at=2026-11-24T00:00:00Z, at may be given only once"
    })
    void unknownOrRepeatedParameterIsRejectedWith400(String query, String detail) {
        HttpResponse<String> response = exporter.http().get("/api/usage?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nowhere, 404", "DELETE, /api/usage, 405", "POST, /metrics, 405", "HEAD, /metrics, 200",
        "GET, /, 200", "GET, /-/healthy, 200", "GET, /-/ready, 200", "GET, /api/usage?window=daily, 400"
    })
    void everyRequestGetsAStatusAndErrorsAProblem(String method, String path, int status) {
        HttpResponse<String> response = exporter.http().send(method, path);

        assertThat(response.statusCode()).isEqualTo(status);
        if (status >= 400) {
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(TestExporter.json(response.body()).get("status").asInt()).isEqualTo(status);
        }
    }

    @Test
    void indexLinksAllPages() {
        assertThat(exporter.http().get("/").body())
                .contains("\"usage\"", "\"api/usage\"", "\"api/usage/history\"", "\"metrics\"");
    }

    @Test
    void reloadChangesLimits() throws Exception {
        exporter.record(Events.withId("a").replace("\"tokens\":1", "\"requests\":6"));
        assertThat(exporter.usage().at("/status/anthropic/daily/requests").asText())
                .isEqualTo("warning");
        Files.writeString(exporter.config(), PROVIDERS.replace("LIMIT", "100"));

        assertThat(exporter.http().send("POST", "/-/reload").statusCode()).isEqualTo(200);
        assertThat(exporter.usage().at("/status/anthropic/daily/requests").asText())
                .isEqualTo("good");
        assertThat(exporter.metric("api_quota_limit{provider=\"anthropic\",resource=\"requests\",window=\"daily\"}"))
                .isEqualByComparingTo("100");
    }

    @Test
    void reloadOfAnInvalidFileKeepsTheRunningConfiguration() throws Exception {
        Files.writeString(exporter.config(), PROVIDERS.replace("LIMIT", "-1"));
        HttpResponse<String> response = exporter.http().send("POST", "/-/reload");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("usage.yml:3", "limits.daily.requests");
        assertThat(exporter.metric("usage_exporter_config_last_reload_successful"))
                .isEqualByComparingTo("0");
        assertThat(exporter.usage().at("/limits/anthropic/daily/requests").asInt())
                .isEqualTo(10);
    }

    @Test
    void reloadWithAnotherTimeZoneRecountsDays() throws Exception {
        exporter.record("""
                {"provider": "anthropic", "at": "2026-11-23T23:30:00Z", "usage": {"requests": 3}}""");
        assertThat(exporter.usage().at("/used/anthropic/daily/requests").asInt())
                .isZero();
        Files.writeString(exporter.config(), "timezone: Europe/Berlin\n" + PROVIDERS.replace("LIMIT", "10"));

        assertThat(exporter.http().send("POST", "/-/reload").statusCode()).isEqualTo(200);
        assertThat(exporter.usage().at("/used/anthropic/daily/requests").asInt())
                .isEqualTo(3);
        assertThat(exporter.usage().at("/resets_at/anthropic/daily").asText()).isEqualTo("2026-11-24T23:00:00Z");
    }

    @Test
    void readingChangesNothing() {
        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":3}}");
        String first = exporter.http().get("/api/usage").body();

        assertThat(exporter.http().get("/api/usage").body()).isEqualTo(first);
    }
}
