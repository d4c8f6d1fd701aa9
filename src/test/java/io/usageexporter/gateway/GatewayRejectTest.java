package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeApi;
import io.usageexporter.testing.FakeApi.Deed;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of calls whose quota is used up. */
class GatewayRejectTest {
    private static final String APIFY =
            "{limits: {monthly: {compute_units: 5}}, gateway: {UPSTREAM, on_exhausted: reject}}";
    private static final String RUNS = "/gateway/apify/v2/acts/acme~scraper/runs";
    private static final String USED_UP = "{\"provider\":\"apify\",\"usage\":{\"compute_units\":5}}";

    @TempDir
    Path folder;

    private final CountDownLatch held = new CountDownLatch(1);
    private Gate gate;

    private static String anthropic(String limits, String onExhausted) {
        return "{limits: {daily: {requests: 1000, tokens: 1000000}, " + limits + "}, gateway: {UPSTREAM, on_exhausted: "
                + onExhausted + "}}";
    }

    private static String daily(String limits, String onExhausted) {
        return "{limits: {daily: {" + limits + "}}, resources: [requests, tokens], gateway: {UPSTREAM, on_exhausted: "
                + onExhausted + "}}";
    }

    @BeforeEach
    void start() throws Exception {
        gate = new Gate(folder, daily("requests: 2", "reject"), APIFY);
    }

    @AfterEach
    void stop() throws Exception {
        held.countDown();
        gate.close();
    }

    /** Answers once the test lets go. */
    private Deed held(Deed deed) {
        return exchange -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            deed.with(exchange);
        };
    }

    private void useUp() {
        for (int i = 1; i <= 2; i++) {
            assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(200);
            gate.awaitCounted("requests", i);
        }
    }

    private void assertRejected(HttpResponse<String> answer, Instant reset) {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("x-should-retry")).hasValue("false");
        long seconds = Duration.between(gate.clock().instant(), reset).toSeconds();
        assertThat(answer.headers().firstValueAsLong("retry-after").orElseThrow())
                .isBetween(seconds, seconds + 1);
    }

    @Test
    void aCallOfAnthropicsIsAnsweredAsAnthropicWould() {
        useUp();

        HttpResponse<String> answer = gate.post(Gate.MESSAGES);

        assertRejected(answer, Instant.parse("2026-11-25T00:00:00Z"));
        JsonNode error = TestExporter.json(answer.body());
        assertThat(error.get("type").asText()).isEqualTo("error");
        assertThat(error.at("/error/type").asText()).isEqualTo("rate_limit_error");
        assertThat(error.at("/error/message").asText())
                .contains("daily quota of requests", "2026-11-25T00:00:00Z", "usage exporter");
        assertThat(error.has("request_id")).isTrue();
        assertThat(gate.api().requests()).hasSize(2);
        assertThat(gate.metric("usage_exporter_gateway_requests_total{code=\"429\",outcome=\"rejected\","
                        + "provider=\"anthropic\"}"))
                .isEqualByComparingTo("1");
        assertThat(gate.used("requests")).isEqualByComparingTo("2");
    }

    @Test
    void aCallOfApifysIsAnsweredAsApifyWould() {
        gate.exporter().record(USED_UP);

        HttpResponse<String> answer = gate.post(RUNS);

        assertRejected(answer, Instant.parse("2026-12-01T00:00:00Z"));
        JsonNode error = TestExporter.json(answer.body()).get("error");
        assertThat(error.get("type").asText()).isEqualTo("rate-limit-exceeded");
        assertThat(error.get("message").asText()).contains("monthly quota of compute_units", "2026-12-01T00:00:00Z");
        assertThat(gate.api().requests()).isEmpty();
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
    void everyCallOfAnthropicsThatSpendsIsRejected(String path) {
        useUp();
        assertThat(gate.post("/gateway/anthropic" + path).statusCode()).isEqualTo(429);
        assertThat(gate.api().requests()).hasSize(2);
    }

    @Test
    void whatSpendsNothingStillPasses() {
        useUp();
        gate.exporter().record(USED_UP);
        gate.api().otherwise(FakeApi.json("{\"input_tokens\": 3}"));

        assertThat(gate.post("/gateway/anthropic/v1/messages/count_tokens").body())
                .isEqualTo("{\"input_tokens\": 3}");
        for (String path : List.of(
                "/gateway/anthropic/v1/models",
                "/gateway/anthropic/v1/messages/batches",
                "/gateway/anthropic/v1/messages/batches/b/results",
                "/gateway/apify/v2/acts/acme~scraper",
                "/gateway/apify/v2/acts/acme~scraper/runs",
                "/gateway/apify/v2/actor-runs/r")) {
            assertThat(gate.get(path).statusCode()).as(path).isEqualTo(200);
        }
        assertThat(gate.post("/gateway/apify/v2/actor-runs/r/abort").statusCode())
                .isEqualTo(200);
        assertThat(gate.api().requests()).hasSize(2 + 8);
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
    void everyCallThatSetsARunGoingIsRejected(String method, String path) {
        gate.exporter().record(USED_UP);
        assertThat(gate.sendAsync(method, "/gateway/apify" + path, "").join().statusCode())
                .isEqualTo(429);
        assertThat(gate.api().requests()).isEmpty();
    }

    @Test
    void callsPassAgainAtTheTurnOfTheWindow() {
        useUp();
        gate.clock().set(Instant.parse("2026-11-24T23:59:59.999Z"));
        assertRejected(gate.post(Gate.MESSAGES), Instant.parse("2026-11-25T00:00:00Z"));

        gate.clock().set(Instant.parse("2026-11-25T00:00:00Z"));
        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(200);
    }

    @Test
    void callsPassAgainWhenTheLimitIsRaised() throws Exception {
        useUp();
        gate.reload(daily("requests: 3", "reject"), APIFY);

        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(200);
        gate.awaitCounted("requests", 3);
        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void callsPassWhenTheyAreToBeForwarded() throws Exception {
        useUp();
        gate.reload(daily("requests: 2", "forward"), APIFY);

        for (int i = 3; i <= 5; i++) {
            assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(200);
            gate.awaitCounted("requests", i);
        }
        gate.reload(daily("requests: 2", "reject"), APIFY);
        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void ofCallsInParallelAsManyPassAsRequestsAreLeft() throws Exception {
        gate.reload(daily("requests: 10", "reject"), APIFY);
        gate.api().otherwise(held(gate.message(10, 5)));

        List<CompletableFuture<HttpResponse<String>>> calls = parallel(50);
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                calls.stream().filter(CompletableFuture::isDone).count())
                        .isEqualTo(40));
        held.countDown();

        assertThat(calls.stream().map(call -> call.join().statusCode()).filter(status -> status == 200))
                .hasSize(10);
        assertThat(gate.api().requests()).hasSize(10);
        gate.awaitCounted("requests", 10);
        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(429);
    }

    /** Many short calls at once, each counted while others ask. */
    @Test
    void requestsNeverOverrunWhateverEndsMeanwhile() throws Exception {
        gate.reload(daily("requests: 40", "reject"), APIFY);

        for (int round = 0; round < 4; round++) {
            parallel(50).forEach(CompletableFuture::join);
        }
        gate.awaitCounted("requests", 40);
        assertThat(gate.api().requests()).hasSize(40);
    }

    @Test
    void tokensOverrunByLessThanOneCall() throws Exception {
        gate.reload(daily("tokens: 1000", "reject"), APIFY);
        gate.api().otherwise(gate.message(200, 100));
        gate.post(Gate.MESSAGES);
        gate.awaitCounted("tokens", 300);

        gate.api().otherwise(held(gate.message(200, 100)));
        List<CompletableFuture<HttpResponse<String>>> calls = parallel(20);
        Awaitility.await()
                .untilAsserted(() -> assertThat(
                                calls.stream().filter(CompletableFuture::isDone).count())
                        .isEqualTo(17));
        held.countDown();
        calls.forEach(CompletableFuture::join);

        gate.awaitCounted("tokens", 1200);
        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(429);
    }

    private List<CompletableFuture<HttpResponse<String>>> parallel(int count) {
        var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < count; i++) {
            calls.add(gate.postAsync(Gate.MESSAGES));
        }
        return calls;
    }

    @Test
    void aCallThatTheProviderRefusesLeavesItsPlaceToTheNext() throws Exception {
        gate.reload(daily("requests: 1", "reject"), APIFY);
        gate.api().otherwise(FakeApi.answer(529, "{}", Map.of("content-type", "application/json")));
        for (int i = 0; i < 3; i++) {
            assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(529);
            gate.awaitMetric(
                    "usage_exporter_gateway_requests_total{code=\"529\",outcome=\"error\",provider=\"anthropic\"}",
                    Integer.toString(i + 1));
        }
        gate.api().otherwise(gate.message(1, 1));

        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(200);
        gate.awaitCounted("requests", 1);
        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void whatIsRecordedOtherwiseCountsToo() {
        gate.exporter().record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":2}}");
        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(429);
    }

    @Test
    void ofADayAndAMonthTheLaterResetIsNamed() throws Exception {
        gate.reload(anthropic("monthly: {requests: 1}", "reject"), APIFY);
        gate.exporter().record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":1000}}");

        assertRejected(gate.post(Gate.MESSAGES), Instant.parse("2026-12-01T00:00:00Z"));
    }
}
