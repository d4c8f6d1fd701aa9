package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls once a quota is exhausted. */
class GatewayRejectTest {
    private static final String APIFY =
            "{limits: {monthly: {compute_units: 5, usd: 2.5}}, gateway: {UPSTREAM, on_exhausted: reject}}";
    private static final String RUNS = "/gateway/apify/v2/acts/acme~scraper/runs";
    private static final String USED_UP = "{\"provider\":\"apify\",\"usage\":{\"compute_units\":5}}";

    private final Semaphore released = new Semaphore(0);

    @RegisterExtension
    private final GatewayExtension gateway =
            new GatewayExtension(daily("requests: 2", "reject"), APIFY).respondingWithMessages();

    private static String anthropic(String limits, String onExhausted) {
        return "{limits: {daily: {requests: 1000, tokens: 1000000}, " + limits + "}, gateway: {UPSTREAM, on_exhausted: "
                + onExhausted + "}}";
    }

    private static String daily(String limits, String onExhausted) {
        return "{limits: {daily: {" + limits + "}}, resources: [requests, tokens], gateway: {UPSTREAM, on_exhausted: "
                + onExhausted + "}}";
    }

    private void respondWhenReleased(int input, int output) {
        gateway.provider()
                .on(exchange -> true, exchange -> gateway.message(input, output).startsOn(released));
    }

    private void useUp() {
        for (int i = 1; i <= 2; i++) {
            assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(200);
            gateway.awaitCounted("requests", i);
        }
    }

    private void assertRejected(HttpResponse<String> response, Instant reset) {
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.headers().firstValue("x-should-retry")).hasValue("false");
        long seconds = Duration.between(gateway.clock().instant(), reset).toSeconds();
        assertThat(response.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(seconds, seconds + 1);
    }

    @Test
    void rejectionOfAnAnthropicCallIsInAnthropicsErrorFormat() {
        useUp();

        HttpResponse<String> response = gateway.post(MESSAGES);

        assertRejected(response, Instant.parse("2026-11-25T00:00:00Z"));
        JsonNode error = TestExporter.json(response.body());
        assertThat(error.get("type").asText()).isEqualTo("error");
        assertThat(error.at("/error/type").asText()).isEqualTo("rate_limit_error");
        assertThat(error.at("/error/message").asText())
                .contains("daily quota of requests", "2026-11-25T00:00:00Z", "usage exporter");
        assertThat(error.has("request_id")).isTrue();
        assertThat(gateway.provider().exchanges()).hasSize(2);
        assertThat(gateway.metric("usage_exporter_gateway_requests_total{code=\"429\",outcome=\"rejected\","
                        + "provider=\"anthropic\"}"))
                .isEqualByComparingTo("1");
        assertThat(gateway.used("requests")).isEqualByComparingTo("2");
    }

    @Test
    void rejectionOfAnApifyCallIsInApifysErrorFormat() {
        gateway.exporter().record(USED_UP);

        HttpResponse<String> response = gateway.post(RUNS);

        assertRejected(response, Instant.parse("2026-12-01T00:00:00Z"));
        JsonNode error = TestExporter.json(response.body()).get("error");
        assertThat(error.get("type").asText()).isEqualTo("rate-limit-exceeded");
        assertThat(error.get("message").asText()).contains("monthly quota of compute_units", "2026-12-01T00:00:00Z");
        assertThat(gateway.provider().exchanges()).isEmpty();
    }

    @Test
    void moneyIsAQuota() {
        gateway.exporter().record("{\"provider\":\"apify\",\"usage\":{\"usd\":2.499999}}");
        assertThat(gateway.post(RUNS).statusCode()).isEqualTo(200);
        gateway.exporter().record("{\"provider\":\"apify\",\"usage\":{\"usd\":0.000001}}");

        HttpResponse<String> response = gateway.post(RUNS);

        assertRejected(response, Instant.parse("2026-12-01T00:00:00Z"));
        assertThat(response.body()).contains("monthly quota of usd");
    }

    @Test
    void consumerWhoseOwnQuotaIsUsedUpIsRejectedAloneAndForAsLongAsThatLasts() throws Exception {
        gateway.reload("""
                providers:
                  anthropic: {limits: {daily: {requests: 100}}, gateway: {UPSTREAM, on_exhausted: reject}}
                  apify: %s
                consumers:
                  growth: {limits: {anthropic: {monthly: {requests: 1}}}}
                """.formatted(APIFY));
        assertThat(gateway.post(MESSAGES, "X-Usage-Consumer", "growth").statusCode())
                .isEqualTo(200);
        gateway.awaitCounted("requests", 1);

        for (HttpResponse<String> response : List.of(
                gateway.post(MESSAGES, "X-Usage-Consumer", " growth "),
                gateway.post("/gateway/anthropic/@growth/v1/messages"))) {
            assertRejected(response, Instant.parse("2026-12-01T00:00:00Z"));
            JsonNode error = TestExporter.json(response.body());
            assertThat(error.at("/error/type").asText()).isEqualTo("rate_limit_error");
            assertThat(error.at("/error/message").asText())
                    .contains("the monthly quota of requests of the consumer growth is used up");
        }
        assertThat(gateway.post(MESSAGES, "X-Usage-Consumer", "search").statusCode())
                .isEqualTo(200);
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(200);
        assertThat(gateway.post("/gateway/apify/@growth/v2/acts/acme~scraper/runs")
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.provider().exchanges()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/messages",
                "/v1/messages/",
                "//v1//messages",
                "/v1/./messages",
                "/v1/%6dessages",
                "/v1/x/../messages",
                "/v1/x/%2E%2e/messages",
                "/../../v1/messages",
                "/%76%31/%6D%65%73%73%61%67%65%73",
                "/v1%2Fmessages",
                "/v1/x%2f..%2Fmessages",
                "/v1/messages%2F",
                "/v1/messages/.",
                "/v1/messages/x/..",
                "/v1;x=1/messages;y",
                "/V1/Messages",
                "/v1/./complete",
                "/v1/chat/%63ompletions",
                "/v1/messages/x/../batches",
                "/v1/messages?beta=true",
                "/~search/v1/messages",
                "/v1/complete",
                "/v1/chat/completions",
                "/v1/messages/batches"
            })
    void anthropicCallsThatConsumeQuotaAreRejectedHoweverTheirPathIsWritten(String path) {
        useUp();
        assertThat(gateway.post("/gateway/anthropic" + path).statusCode()).isEqualTo(429);
        assertThat(gateway.provider().exchanges()).hasSize(2);
    }

    @Test
    void callsThatConsumeNoQuotaAreForwarded() {
        useUp();
        gateway.exporter().record(USED_UP);
        gateway.provider().on(exchange -> true, FakeResponse.json(200, "{\"input_tokens\": 3}"));

        assertThat(gateway.post("/gateway/anthropic/v1/messages/count_tokens").body())
                .isEqualTo("{\"input_tokens\": 3}");
        for (String path : List.of(
                "/gateway/anthropic/v1/models",
                "/gateway/anthropic/v1/messages/batches",
                "/gateway/anthropic/v1/messages/batches/b/results",
                "/gateway/apify/v2/acts/acme~scraper",
                "/gateway/apify/v2/acts/acme~scraper/runs",
                "/gateway/apify/v2/actor-runs/r")) {
            assertThat(gateway.get(path).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(gateway.post("/gateway/apify/v2/actor-runs/r/abort").statusCode())
                .isEqualTo(200);
        assertThat(gateway.provider().exchanges()).hasSize(2 + 8);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v2/acts/acme~scraper/runs",
        "POST, /v2/actors/acme%7Escraper/runs",
        "POST, /v2/./acts/acme~scraper//runs",
        "POST, /%762/%61cts/acme~scraper/x/../runs",
        "POST, /v2/ACTS/acme~scraper/Runs",
        "POST, /v2/acts/acme%2Fscraper/runs/",
        "POST, /v2/actor-runs/r/Resurrect",
        "GET, /v2/acts/acme~scraper/runs?method=POST",
        "POST, /v2/acts/acme~scraper/run-sync",
        "GET, /v2/acts/acme~scraper/run-sync-get-dataset-items",
        "POST, /v2/actor-tasks/task/runs",
        "POST, /v2/actor-runs/r/resurrect"
    })
    void apifyCallsThatStartARunAreRejected(String method, String path) {
        gateway.exporter().record(USED_UP);
        assertThat(gateway.sendAsync(method, "/gateway/apify" + path, "").join().statusCode())
                .isEqualTo(429);
        assertThat(gateway.provider().exchanges()).isEmpty();
    }

    @Test
    void callsAreForwardedAgainOnceTheWindowResets() {
        useUp();
        gateway.clock().set(Instant.parse("2026-11-24T23:59:59.999Z"));
        assertRejected(gateway.post(MESSAGES), Instant.parse("2026-11-25T00:00:00Z"));

        gateway.clock().set(Instant.parse("2026-11-25T00:00:00Z"));
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(200);
    }

    @Test
    void callsAreForwardedAgainOnceTheLimitIsRaised() throws Exception {
        useUp();
        gateway.reload(daily("requests: 3", "reject"), APIFY);

        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(200);
        gateway.awaitCounted("requests", 3);
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void onExhaustedForwardForwardsCallsBeyondTheLimit() throws Exception {
        useUp();
        gateway.reload(daily("requests: 2", "forward"), APIFY);

        for (int i = 3; i <= 5; i++) {
            assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(200);
            gateway.awaitCounted("requests", i);
        }
        gateway.reload(daily("requests: 2", "reject"), APIFY);
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void parallelCallsAreForwardedUpToTheRemainingRequests() throws Exception {
        gateway.reload(daily("requests: 10", "reject"), APIFY);
        respondWhenReleased(10, 5);

        List<CompletableFuture<HttpResponse<String>>> calls = parallel(50);
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                calls.stream().filter(CompletableFuture::isDone).count())
                        .isEqualTo(40));
        released.release(50);

        assertThat(calls.stream().map(call -> call.join().statusCode()).filter(status -> status == 200))
                .hasSize(10);
        assertThat(gateway.provider().exchanges()).hasSize(10);
        gateway.awaitCounted("requests", 10);
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void requestsNeverOverrunWhileCallsEndConcurrently() throws Exception {
        gateway.reload(daily("requests: 40", "reject"), APIFY);

        for (int round = 0; round < 4; round++) {
            parallel(50).forEach(CompletableFuture::join);
        }
        gateway.awaitCounted("requests", 40);
        assertThat(gateway.provider().exchanges()).hasSize(40);
    }

    @Test
    void tokensOverrunByLessThanOneCall() throws Exception {
        gateway.reload(daily("tokens: 1000", "reject"), APIFY);
        gateway.respondWithMessages(200, 100);
        gateway.post(MESSAGES);
        gateway.awaitCounted("tokens", 300);

        respondWhenReleased(200, 100);
        List<CompletableFuture<HttpResponse<String>>> calls = parallel(20);
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                calls.stream().filter(CompletableFuture::isDone).count())
                        .isEqualTo(17));
        released.release(50);
        calls.forEach(CompletableFuture::join);

        gateway.awaitCounted("tokens", 1200);
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(429);
    }

    private List<CompletableFuture<HttpResponse<String>>> parallel(int count) {
        var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < count; i++) {
            calls.add(gateway.postAsync(MESSAGES));
        }
        return calls;
    }

    @Test
    void callRefusedByTheProviderIsNotChargedToTheQuota() throws Exception {
        gateway.reload(daily("requests: 1", "reject"), APIFY);
        gateway.provider().on(exchange -> true, FakeResponse.json(529, "{}"));
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(529);
            gateway.awaitMetric(
                    "usage_exporter_gateway_requests_total{code=\"529\",outcome=\"error\",provider=\"anthropic\"}",
                    Integer.toString(i + 1));
        }
        gateway.respondWithMessages(1, 1);

        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(200);
        gateway.awaitCounted("requests", 1);
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void usageRecordedByOtherMeansExhaustsTheQuota() {
        gateway.exporter().record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":2}}");
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void whenDayAndMonthAreExhaustedTheLaterResetIsReported() throws Exception {
        gateway.reload(anthropic("monthly: {requests: 1}", "reject"), APIFY);
        gateway.exporter().record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":1000}}");

        assertRejected(gateway.post(MESSAGES), Instant.parse("2026-12-01T00:00:00Z"));
    }
}
