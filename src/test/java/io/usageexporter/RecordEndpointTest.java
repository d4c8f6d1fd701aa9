package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordEndpointTest {
    private static final String TOKENS_TODAY = "/used/anthropic/daily/tokens";
    private static final String REQUESTS_TODAY = "/used/anthropic/daily/requests";

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension();

    private final SettableClock clock = exporter.clock();

    @Test
    void duplicateIsCountedOnceAndReported() {
        assertThat(exporter.record(Events.withId("a")).body()).isEqualTo("{\"recorded\":1,\"duplicates\":0}\n");
        HttpResponse<String> again = exporter.record(Events.withId("a"));

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo("{\"recorded\":0,\"duplicates\":1}\n");
        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isEqualTo(1);
        assertThat(exporter.metric("usage_exporter_events_duplicate_total{source=\"api\"}"))
                .isEqualByComparingTo("1");
    }

    @Test
    void duplicateWithoutAnInstantIsRecognizedWeeksLater() throws Exception {
        exporter.record(Events.withId("a"));
        clock.advance(Duration.ofDays(39));
        exporter.restart();

        assertThat(exporter.record(Events.withId("a")).body()).isEqualTo("{\"recorded\":0,\"duplicates\":1}\n");
    }

    @Test
    void sameIdWithOtherContentIsRejectedWith409AndItsIndex() {
        exporter.record(Events.withId("a"));
        HttpResponse<String> response = exporter.record(
                "[" + Events.withId("b") + "," + Events.withId("a").replace("\"tokens\":1", "\"tokens\":2") + "]");

        JsonNode problem = TestExporter.json(response.body());
        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(problem.at("/errors/0/index").asInt()).isEqualTo(1);
        assertThat(problem.get("errors")).hasSize(1);
        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isEqualTo(1);
    }

    @Test
    void batchWithAnInvalidEventIsNotRecorded() {
        HttpResponse<String> response = exporter.record(
                "[" + Events.RECOMMENDATION + ",{\"provider\":\"anthropic\",\"usage\":{\"tokens\":-1}}]");

        JsonNode problem = TestExporter.json(response.body());
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(problem.get("detail").asText()).contains("1 of 2 events", "[1] usage.tokens must be");
        assertThat(problem.at("/errors/0/index").asInt()).isEqualTo(1);
        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isZero();
        assertThat(exporter.metric("usage_exporter_events_rejected_total{reason=\"invalid\"}"))
                .isEqualByComparingTo("2");
    }

    @Test
    void ndjsonHasOneEventPerLine() {
        String lines = Events.RECOMMENDATION + "\n\r\n" + Events.RECOMMENDATION + "\r\n";

        assertThat(exporter.http()
                        .post("/api/usage", "application/x-ndjson", lines)
                        .body())
                .isEqualTo("{\"recorded\":2,\"duplicates\":0}\n");
    }

    @Test
    void decimalsAddUpExactly() {
        for (int i = 0; i < 10; i++) {
            exporter.record("{\"provider\":\"apify\",\"category\":\"tiktok\",\"usage\":{\"compute_units\":0.1}}");
        }
        assertThat(exporter.usage().at("/used/apify/daily/compute_units").asText())
                .isEqualTo("1");
    }

    @Test
    void hugeSumsStayExact() {
        String largest = "{\"provider\":\"anthropic\",\"usage\":{\"tokens\":1e12}}";
        exporter.record(IntStream.range(0, 100).mapToObj(i -> largest).collect(Collectors.joining(",", "[", "]")));
        exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"tokens\":0.000001}}");

        assertThat(exporter.usage().at(TOKENS_TODAY).decimalValue()).isEqualByComparingTo("100000000000000.000001");
    }

    @Test
    void lateEventCountsInTheWindowsOfItsInstant() {
        exporter.record("{\"provider\":\"anthropic\",\"at\":\"2026-10-16T12:00:00Z\",\"usage\":{\"tokens\":7}}");

        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isZero();
        assertThat(exporter.usage().at("/used/anthropic/monthly/tokens").asInt())
                .isZero();
        JsonNode then = exporter.usageAt("2026-10-16T00:00:00Z");
        assertThat(then.at(TOKENS_TODAY).asInt()).isEqualTo(7);
        assertThat(then.at("/used/anthropic/monthly/tokens").asInt()).isEqualTo(7);
        assertThat(then.at("/resets_at/anthropic/monthly").asText()).isEqualTo("2026-11-01T00:00:00Z");
    }

    @Test
    void windowEndsOnTimeWithoutAnEvent() {
        exporter.record(Events.RECOMMENDATION);
        clock.set(Instant.parse("2026-11-24T23:59:59.999Z"));
        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isEqualTo(3000);
        assertThat(exporter.text()).contains("Tokens: 3000 / 1,000,000");

        clock.set(Instant.parse("2026-11-25T00:00:00Z"));
        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isZero();
        assertThat(exporter.usage().at("/used/anthropic/monthly/tokens").asInt())
                .isEqualTo(3000);
        assertThat(exporter.metric("api_quota_used{provider=\"anthropic\",resource=\"tokens\",window=\"daily\"}"))
                .isEqualByComparingTo("0");
        assertThat(exporter.text()).startsWith("🤖 Anthropic API - Today\nRequests: 0 / 1000 (0%) 🟢\nTokens: 0 /");
    }

    @Test
    void windowOfLongAgoIsReadFromTheLedger() throws Exception {
        exporter.record(Events.RECOMMENDATION);
        clock.advance(Duration.ofDays(300));
        exporter.record(Events.RECOMMENDATION);
        for (int run = 0; run < 2; run++) {
            assertThat(exporter.usageAt("2026-11-24T00:00:00Z").at(TOKENS_TODAY).asInt())
                    .isEqualTo(3000);
            assertThat(exporter.usageAt("2026-11-23T00:00:00Z").at(TOKENS_TODAY).asInt())
                    .isZero();
            exporter.restart();
        }
    }

    @Test
    void clockSetBackLosesNothing() {
        exporter.record(Events.RECOMMENDATION);
        clock.advance(Duration.ofDays(400));
        exporter.record(Events.RECOMMENDATION);
        clock.advance(Duration.ofDays(-400));
        exporter.record(Events.RECOMMENDATION);

        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isEqualTo(6000);
    }

    @Test
    void anthropicUsageObjectMayBePostedVerbatim() {
        HttpResponse<String> response = exporter.record("""
                {"id": "msg_01XFDUDYJgAACzvnptvVoYEL", "provider": "anthropic", "model": "claude-sonnet-4-5",
                 "usage": {"cache_creation_input_tokens": 300, "input_tokens": 57, "output_tokens": 203,
                           "cache_creation": {"ephemeral_1h_input_tokens": 100, "ephemeral_5m_input_tokens": 200},
                           "cache_read_input_tokens": null, "service_tier": "standard", "a_new_field": [{"x": 1}]}}""");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isEqualTo(560);
        assertThat(exporter.usage().at(REQUESTS_TODAY).asInt()).isEqualTo(1);
        assertThat(
                        exporter.metric(
                                "api_usage_tokens_total{category=\"uncategorized\",kind=\"cache_write_1h\",model=\"claude-sonnet-4-5\",provider=\"anthropic\"}"))
                .isEqualByComparingTo("100");
    }

    @Test
    void categoriesBeyondTwoHundredAreCountedAsOther() throws Exception {
        String events = IntStream.range(0, 250)
                .mapToObj(i -> "{\"provider\":\"anthropic\",\"category\":\"c" + i + "\",\"usage\":{\"tokens\":2}}")
                .collect(Collectors.joining(",", "[", "]"));
        exporter.record(events);
        exporter.restart();
        exporter.record(events);

        JsonNode breakdown = exporter.usage().at("/breakdown/anthropic/daily");
        assertThat(breakdown).hasSize(201);
        // The configured category is one of the 200.
        assertThat(breakdown.at("/other/tokens").asInt()).isEqualTo(2 * 2 * 51);
        assertThat(exporter.usage().at(TOKENS_TODAY).asInt()).isEqualTo(1000);
    }

    @Test
    void tooLargeBodyIsRejectedWith413() {
        String padding = " ".repeat(1 << 20);
        String event = "{\"provider\":\"anthropic\"," + padding + "\"usage\":{}}";
        String batch = "[" + (Events.RECOMMENDATION + "," + padding).repeat(17) + Events.RECOMMENDATION + "]";

        assertThat(exporter.record(event).statusCode()).isEqualTo(413);
        assertThat(exporter.record("[" + event + "]").statusCode()).isEqualTo(413);
        assertThat(exporter.record(batch).statusCode()).isEqualTo(413);
        assertThat(exporter.record(batch).body()).contains("at most 16 MiB");
        assertThat(exporter.http()
                        .post("/api/usage", "application/x-ndjson", event)
                        .statusCode())
                .isEqualTo(413);
        assertThat(exporter.usage().at(REQUESTS_TODAY).asInt()).isZero();
    }

    @Test
    void largeBatchIsRecorded() {
        String batch = IntStream.range(0, 50_000)
                .mapToObj(i -> Events.RECOMMENDATION)
                .collect(Collectors.joining(",", "[", "]"));

        assertThat(exporter.record(batch).body()).isEqualTo("{\"recorded\":50000,\"duplicates\":0}\n");
        assertThat(exporter.usage().at(REQUESTS_TODAY).asInt()).isEqualTo(50_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "multipart/form-data; boundary=x", "application/json; charset=latin1"})
    void unsupportedContentTypeIsRejectedWith415AndTheRightOne(String contentType) {
        HttpResponse<String> response = exporter.http().post("/api/usage", contentType, Events.RECOMMENDATION);

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.body()).contains("-H 'Content-Type: application/json'");
        assertThat(exporter.usage().at(REQUESTS_TODAY).asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[",
                "{\"provider\":\"anthropic\",\"usage\":{\"tokens\":NaN}}",
                "{\"provider\":\"anthropic\",\"usage\":{\"tokens\":\"5\"}}",
                "{\"provider\":\"anthropic\",\"provider\":\"apify\",\"usage\":{}}",
                "{\"provider\":\"anthropic\",\"usage\":{\"tokens\":1e999999999}}",
                "{\"provider\":\"anthropic\",\"usage\":{}} {}"
            })
    void malformedEventIsRejectedWith400(String body) {
        HttpResponse<String> response = exporter.record(body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(TestExporter.json(response.body()).get("detail").asText()).isNotEmpty();
        assertThat(exporter.usage().at(REQUESTS_TODAY).asInt()).isZero();
    }

    @Test
    void disconnectingClientsDoNotAffectOthers() throws Exception {
        String request = "POST /api/usage HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + Events.RECOMMENDATION.length() + "\r\n\r\n" + Events.RECOMMENDATION;
        int hangUps = 100;
        var patient = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < hangUps; i++) {
            try (var socket =
                    new Socket(InetAddress.getLoopbackAddress(), exporter.http().port())) {
                socket.setSoLinger(true, 0); // close() resets the connection
                socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
                String event = Events.withId("patient-" + i);
                patient.add(CompletableFuture.supplyAsync(() -> exporter.record(event)));
            }
        }
        assertThat(patient)
                .allSatisfy(response ->
                        assertThat(response.join().body()).isEqualTo("{\"recorded\":1,\"duplicates\":0}\n"));
        assertThat(exporter.usage().at(REQUESTS_TODAY).asInt()).isBetween(hangUps, 2 * hangUps);
    }

    @Test
    void unwritableLedgerIs503AndReadingContinues() throws IOException {
        exporter.record(Events.withId("a"));
        Path ledger = exporter.ledger();
        Path elsewhere = exporter.folder().resolve("moved.db");
        Files.move(ledger, elsewhere);
        Files.createFile(ledger);

        HttpResponse<String> refused = exporter.record(Events.RECOMMENDATION);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        HttpResponse<String> notReady = exporter.http().get("/-/ready");
        assertThat(notReady.statusCode()).isEqualTo(503);
        assertThat(notReady.body())
                .contains("was moved, replaced or deleted while the exporter was running; put it back");
        assertThat(exporter.http().get("/-/healthy").statusCode()).isEqualTo(200);
        assertThat(exporter.metric("usage_exporter_ledger_writable")).isEqualByComparingTo("0");
        assertThat(exporter.usage().at(REQUESTS_TODAY).asInt()).isEqualTo(1);

        // A duplicate needs no write, so it does not make the ledger writable.
        assertThat(exporter.record(Events.withId("a")).body()).isEqualTo("{\"recorded\":0,\"duplicates\":1}\n");
        assertThat(exporter.metric("usage_exporter_ledger_writable")).isEqualByComparingTo("0");

        Files.move(elsewhere, ledger, StandardCopyOption.REPLACE_EXISTING);
        assertThat(exporter.http().get("/-/ready").statusCode()).isEqualTo(200);
        assertThat(exporter.record(Events.RECOMMENDATION).statusCode()).isEqualTo(200);
        assertThat(exporter.metric("usage_exporter_ledger_writable")).isEqualByComparingTo("1");
        assertThat(exporter.usage().at(REQUESTS_TODAY).asInt()).isEqualTo(2);
    }
}
