package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.testing.FakeApi;
import io.usageexporter.testing.Samples;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is recorded of the calls that pass, and as what. */
class GatewayUsageTest {
    private static final String ANTHROPIC =
            "{limits: {daily: {requests: 1000, tokens: 1000000}}, gateway: {UPSTREAM, timeout: 30s}}";
    private static final String APIFY = "{limits: {daily: {compute_units: 100}}, gateway: {UPSTREAM}}";
    private static final String JSON = "application/json";
    private static final int FOUR_MIB = 4 << 20;

    @TempDir
    Path folder;

    private Gate gate;

    @BeforeEach
    void start() throws Exception {
        gate = new Gate(folder, ANTHROPIC, APIFY);
    }

    @AfterEach
    void stop() throws Exception {
        gate.close();
    }

    private static String requests(String category, String model) {
        return "api_usage_requests_total{category=\"" + category + "\",model=\"" + model + "\",provider=\"anthropic\"}";
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/v1/messages,         -,        uncategorized",
                "/~search/v1/messages, -,        search",
                "/v1/messages,         mail,     mail",
                "/~search/v1/messages, mail,     mail",
                "/~search/v1/messages, ' ',      search",
                "/~/v1/messages,       -,        uncategorized",
                "/~a%20b%2Fc/v1/messages, -,     a b/c"
            })
    void theCategoryIsTheHeadersElseThePathsElseNone(String path, String header, String category) {
        var seen = new CopyOnWriteArrayList<Headers>();
        gate.api().then(exchange -> {
            seen.add(exchange.getRequestHeaders());
            gate.message(10, 5).with(exchange);
        });
        String[] headers = header == null ? new String[0] : new String[] {"X-Usage-Category", header};
        assertThat(gate.post("/gateway/anthropic" + path, headers).statusCode()).isEqualTo(200);

        gate.awaitMetric(requests(category, "claude-answered"), "1");
        assertThat(gate.api().targets()).containsExactly("/v1/messages");
        assertThat(seen)
                .singleElement()
                .satisfies(
                        each -> assertThat(each.containsKey("X-Usage-Category")).isFalse());
    }

    @Test
    void theConfiguredCategoryIsThatOfCallsThatNameNone() throws Exception {
        gate.reload(ANTHROPIC.replace("timeout: 30s", "category: batch jobs"), APIFY);
        gate.post(Gate.MESSAGES);
        gate.post(Gate.MESSAGES, "X-Usage-Category", "mail");
        gate.post("/gateway/anthropic/~/v1/messages");

        gate.awaitMetric(requests("batch jobs", "claude-answered"), "2");
        gate.awaitMetric(requests("mail", "claude-answered"), "1");
    }

    @Test
    void aCategoryThatIsNotFitIsMadeFit() {
        gate.post(Gate.MESSAGES, "X-Usage-Category", "x".repeat(150));
        gate.post("/gateway/anthropic/~a%09b/v1/messages");

        gate.awaitMetric(requests("x".repeat(100), "claude-answered"), "1");
        gate.awaitMetric(requests("a?b", "claude-answered"), "1");
    }

    @ParameterizedTest
    @CsvSource({
        "/gateway/anthropic/v1/v1/messages, /v1, not_found_error",
        "/gateway/anthropic/~search/v1/v1/messages, /v1, not_found_error",
        "/gateway/apify/v2/v2/acts, /v2, page-not-found"
    })
    void aBaseUrlThatNamesTheVersionIsExplained(String path, String version, String type) {
        HttpResponse<String> answer = gate.post(path);

        JsonNode error = TestExporter.json(answer.body()).get("error");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(error.get("type").asText()).isEqualTo(type);
        assertThat(error.get("message").asText()).contains("must not end in " + version);
        assertThat(gate.api().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/gateway/other/v1/messages", "/gateway/", "/gateway//v1/messages"})
    void aProviderThatIsNotKnownIsSaidSo(String path) {
        HttpResponse<String> answer = gate.post(path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(TestExporter.json(answer.body()).get("detail").asText()).contains("anthropic, apify");
        assertThat(gate.api().requests()).isEmpty();
    }

    @Test
    void aProviderThatIsConfiguredNoMoreHasNoGateway() throws Exception {
        Files.writeString(folder.resolve("usage.yml"), "providers: {apify: {limits: {daily: {compute_units: 100}}}}");
        gate.exporter().application().reload();

        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(404);
        assertThat(gate.api().requests()).isEmpty();
    }

    @Test
    void whatTheProviderDoesNotCountIsNotRecorded() throws Exception {
        gate.reload(ANTHROPIC.replace("requests: 1000, ", ""), APIFY);
        gate.post(Gate.MESSAGES);

        gate.awaitUsed("tokens", 15);
        assertThat(gate.exporter().metrics()).doesNotContainKey(requests("uncategorized", "claude-answered"));
    }

    @Test
    void anErrorIsNoUse() {
        gate.api().then(FakeApi.answer(401, Samples.text("anthropic/error-401.json"), Map.of("content-type", JSON)));
        assertThat(gate.post(Gate.MESSAGES).body()).isEqualTo(Samples.text("anthropic/error-401.json"));

        gate.awaitMetric(
                "usage_exporter_gateway_requests_total{code=\"401\",outcome=\"error\",provider=\"anthropic\"}", "1");
        assertThat(gate.used("requests")).isEqualByComparingTo("0");
    }

    /** As the client library does, which sends a request again whose answer was lost. */
    private void answer(String requestId, String messageId, int input) {
        var headers = requestId.isEmpty()
                ? Map.of("content-type", JSON)
                : Map.of("content-type", JSON, "request-id", requestId);
        gate.api()
                .then(FakeApi.answer(
                        200,
                        "{\"id\":\"" + messageId + "\",\"model\":\"m\",\"usage\":{\"input_tokens\":" + input + "}}",
                        headers));
    }

    @ParameterizedTest
    @CsvSource({"req_same, msg_same", "'', msg_same"})
    void anAnswerThatIsSeenTwiceCountsOnceAlsoAfterARestart(String requestId, String messageId) throws Exception {
        for (int i = 0; i < 2; i++) {
            answer(requestId, messageId, 7);
            gate.post(Gate.MESSAGES);
        }
        gate.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "1");
        gate.close();
        gate = new Gate(folder, ANTHROPIC, APIFY);
        answer(requestId, messageId, 7);
        gate.post(Gate.MESSAGES);

        gate.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "1");
        assertThat(gate.used("requests")).isEqualByComparingTo("1");
        assertThat(gate.used("tokens")).isEqualByComparingTo("7");
    }

    @Test
    void answersWhoseIdsComeAgainWithOtherFiguresCountEachAndOnce() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 30; i++) {
                answer("", "chatcmpl-" + i % 9, 100 + i);
                gate.post(Gate.MESSAGES);
            }
        }
        gate.awaitUsed("requests", 30);
        gate.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "30");
        assertThat(gate.used("tokens")).isEqualByComparingTo(Integer.toString(30 * 100 + 29 * 30 / 2));
    }

    @Test
    void aConstantRequestIdSwallowsNoMessageOfTheSameFigures() {
        for (String message : List.of("a", "b", "c", "b", "a")) {
            answer("req_constant", "msg_" + message, 7);
            gate.post(Gate.MESSAGES);
        }
        gate.awaitUsed("requests", 3);
        gate.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "2");
    }

    @Test
    void anotherRequestIsNoRepeatThoughItsAnswerIsTheSame() {
        for (String prompt : List.of("a", "b", "a")) {
            answer("req_constant", "chatcmpl-1", 7);
            gate.sendAsync("POST", Gate.MESSAGES, "{\"model\":\"m\",\"prompt\":\"" + prompt + "\"}")
                    .join();
        }
        gate.awaitUsed("requests", 2);
        gate.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "1");
    }

    @Test
    void whatAClientPostedDuringTheCallIsTheSameUse() {
        gate.exporter().record("""
                {"id": "anthropic:req_1", "provider": "anthropic", "category": "mail",
                 "usage": {"input_tokens": 5, "output_tokens": 0}}""");
        answer("req_1", "msg_1", 7);
        gate.post(Gate.MESSAGES);
        gate.awaitUsed("tokens", 7);
        assertThat(gate.used("requests")).isEqualByComparingTo("1");

        gate.clock().advance(Duration.ofHours(1));
        answer("req_1", "msg_1", 9);
        gate.post(Gate.MESSAGES);
        gate.awaitUsed("tokens", 16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | <html>Sign in</html>                                | text/html  | unexpected_body | 0",
                "200 | ''                                                  | text/plain | unexpected_body | 0",
                "204 | ''                                                  | text/plain | unexpected_body | 0",
                "200 | [1]                                                 | text/plain | unexpected_body | 0",
                "200 | {\"id\":\"msg_1\",\"model\":\"m\"}                      | text/plain | no_usage        | 1",
                "200 | {\"id\":\"msg_1\",\"usage\":{\"input_tokens\":-5}}    | text/plain | invalid_amount  | 1",
                "200 | {\"id\":\"msg_1\",\"usage\":{\"output_tokens\":1e30}} | text/plain | invalid_amount  | 1",
                "200 | {\"id\":\"msg_1\",\"usage\":{\"input_tokens\":1.5}}   | text/plain | invalid_amount  | 1"
            })
    void whatCannotBeMeteredIsCountedByItsReason(int status, String body, String type, String reason, int requests) {
        gate.api().then(FakeApi.answer(status, body, Map.of("content-type", type)));
        HttpResponse<String> passed = gate.post(Gate.MESSAGES);

        assertThat(passed.statusCode()).isEqualTo(status);
        assertThat(passed.body()).isEqualTo(body);
        gate.awaitMetric(
                "usage_exporter_gateway_unmetered_total{provider=\"anthropic\",reason=\"" + reason + "\"}", "1");
        gate.awaitCounted("requests", requests);
        assertThat(gate.used("tokens")).isZero();
    }

    @Test
    void anErrorWithASuccessfulStatusIsNoUseAndIsCountedByItsName() {
        gate.api()
                .then(FakeApi.json(
                        "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}"));
        gate.post(Gate.MESSAGES);

        gate.awaitMetric("usage_exporter_gateway_errors_total{error=\"overloaded_error\",provider=\"anthropic\"}", "1");
        gate.awaitCounted("requests", 0);
    }

    @ParameterizedTest
    @CsvSource({
        "/model/anthropic.claude-3/invoke, 1",
        "/v1/projects/p/models/claude-x:rawPredict, 1",
        "/v1/some/other/messages, 1",
        "/v1/messages/count_tokens, 0"
    })
    void aMessageIsMeteredOnOtherPathsAsWell(String path, int requests) {
        gate.post("/gateway/anthropic" + path);
        gate.awaitMetric(
                "usage_exporter_gateway_requests_total{code=\"200\",outcome=\"complete\",provider=\"anthropic\"}", "1");
        gate.awaitCounted("requests", requests);
    }

    @Test
    void aUsageInAnUnknownFormatIsSaid() {
        gate.api().then(FakeApi.json("{\"data\":[],\"usage\":{\"prompt_tokens\":5}}"));
        gate.post("/gateway/anthropic/v1/embeddings");

        gate.awaitMetric(
                "usage_exporter_gateway_unmetered_total{provider=\"anthropic\",reason=\"unknown_format\"}", "1");
        gate.awaitCounted("requests", 0);
    }

    /** Such as a proxy before the provider might make up. */
    @Test
    void anIdThatIsNotFitIsNotTaken() {
        gate.api()
                .then(FakeApi.answer(
                        200,
                        "{\"id\":\"" + "i".repeat(5000) + "\",\"model\":\"" + "m".repeat(5000)
                                + "\",\"usage\":{\"input_tokens\":7}}",
                        Map.of("content-type", JSON, "request-id", "r".repeat(5000))));
        assertThat(gate.post(Gate.MESSAGES).statusCode()).isEqualTo(200);

        gate.awaitUsed("tokens", 7);
    }

    private static String batch(String url) {
        return "{\"id\": \"msgbatch_1\", \"processing_status\": \"ended\", \"ü\": 1, \"results_url\":  \"" + url
                + "\"}";
    }

    private void answerJson(String json) {
        gate.api().then(FakeApi.answer(200, json, Map.of("content-type", JSON)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/gateway/anthropic", "/gateway/anthropic/~nightly%20jobs"})
    void theResultsOfABatchAreFetchedByTheGatewayToo(String base) {
        String results = "/v1/messages/batches/msgbatch_1/results";
        String here = gate.exporter().http().uri(base).toString();
        answerJson(batch("https://api.anthropic.com" + results));
        answerJson("{\"data\": [" + batch("https://api.anthropic.com" + results) + ", "
                + batch("http://other:81" + results) + ", {\"results_url\": null}], \"has_more\": false}");

        HttpResponse<String> one = gate.get(base + "/v1/messages/batches/msgbatch_1");
        HttpResponse<String> list = gate.get(base + "/v1/messages/batches?limit=2");

        assertThat(one.body()).isEqualTo(batch(here + results));
        assertThat(one.headers().firstValue("content-type")).hasValue(JSON);
        assertThat(list.body())
                .isEqualTo("{\"data\": [" + batch(here + results) + ", " + batch(here + results)
                        + ", {\"results_url\": null}], \"has_more\": false}");
    }

    @Test
    void anAnswerThatIsTooLongToBeRewrittenPassesAsItIs() {
        for (int padding : new int[] {FOUR_MIB + (1 << 16), 3 * FOUR_MIB}) {
            String body = batch("https://api.anthropic.com/x") + " ".repeat(padding);
            answerJson(body);
            HttpResponse<String> answer = gate.get("/gateway/anthropic/v1/messages/batches/b");
            assertThat(answer.body().length()).isEqualTo(body.length());
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    @Test
    void anErrorOfABatchPassesAsItIs() {
        String error = "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"no\"}}";
        gate.api().then(FakeApi.answer(404, error, Map.of("content-type", JSON)));
        HttpResponse<String> answer = gate.get("/gateway/anthropic/v1/messages/batches/b");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo(error);
    }

    @Test
    void anAnswerWithoutABodyIsNotRewritten() {
        gate.api().then(FakeApi.answer(204, "", Map.of()));
        HttpResponse<String> answer = gate.sendAsync("DELETE", "/gateway/anthropic/v1/messages/batches/b", "")
                .join();
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void theResultsOfABatchCountOnceHoweverOftenTheyAreFetched() throws Exception {
        String results = Samples.text("anthropic/batch-results.jsonl");
        gate.api().otherwise(FakeApi.answer(200, results, Map.of("content-type", "application/x-jsonl")));
        String path = "/gateway/anthropic/~nightly/v1/messages/batches/msgbatch_1/results";

        assertThat(gate.get(path).body()).isEqualTo(results);
        gate.awaitMetric("usage_exporter_events_recorded_total{source=\"gateway\"}", "2");
        String used = gate.used("tokens").toPlainString();
        assertThat(gate.get(path).body()).isEqualTo(results);
        gate.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "2");

        assertThat(gate.used("tokens")).isEqualByComparingTo(used);
        assertThat(gate.used("requests")).isEqualByComparingTo("2");
        gate.awaitMetric(
                "usage_exporter_gateway_requests_total{code=\"200\",outcome=\"complete\",provider=\"anthropic\"}", "2");
    }

    private static Map<String, String> limits(String remaining, String reset) {
        return Map.of(
                "content-type", JSON,
                "anthropic-ratelimit-requests-limit", "50",
                "anthropic-ratelimit-requests-remaining", remaining,
                "anthropic-ratelimit-requests-reset", reset);
    }

    private static String rateLimit(String name, String model) {
        return "api_ratelimit_" + name + "{limit=\"requests\",model=\"" + model + "\",provider=\"anthropic\"}";
    }

    @Test
    void rateLimitsAreThoseOfTheModelThatAnswered() {
        gate.api()
                .then(FakeApi.answer(
                        200, "{\"model\":\"claude-answered\",\"usage\":{}}", limits("49", "2026-11-24T09:16:00Z")));
        gate.post(Gate.MESSAGES);

        gate.awaitMetric(rateLimit("remaining", "claude-answered"), "49");
        assertThat(gate.metric(rateLimit("limit", "claude-answered"))).isEqualByComparingTo("50");
        assertThat(gate.metric(rateLimit("reset_timestamp_seconds", "claude-answered")))
                .isEqualByComparingTo("1795511760");
        gate.clock().advance(Duration.ofMinutes(1));
        assertThat(gate.exporter().metrics()).doesNotContainKey(rateLimit("limit", "claude-answered"));
    }

    @Test
    void theRateLimitsOfARefusedCallAreThoseOfTheModelThatWasAsked() {
        gate.api()
                .then(FakeApi.answer(
                        429, Samples.text("anthropic/error-429-rate-limit.json"), limits("0", "2026-11-24T09:15:09Z")));
        gate.post(Gate.MESSAGES);

        gate.awaitMetric(rateLimit("limit", "claude-asked"), "50");
        assertThat(gate.exporter().metric(rateLimit("remaining", "claude-asked")))
                .isEqualByComparingTo("0");
    }

    @Test
    void ofACallWithoutAModelRateLimitsAreKnownToo() {
        gate.api().then(FakeApi.answer(200, "{\"data\":[]}", limits("3", "2026-11-24T09:16:00Z")));
        gate.get("/gateway/anthropic/v1/models");

        gate.awaitMetric(rateLimit("remaining", ""), "3");
    }

    @Test
    void whileTheLedgerCannotBeWrittenCallsPassAndAreRecordedLater() throws Exception {
        gate.post(Gate.MESSAGES);
        gate.awaitUsed("requests", 1);
        Path ledger = folder.resolve("usage.db");
        Path elsewhere = folder.resolve("moved.db");
        Files.move(ledger, elsewhere);
        Files.createFile(ledger);

        for (int i = 0; i < 20; i++) {
            assertThat(gate.post(Gate.MESSAGES, "X-Usage-Category", "late").statusCode())
                    .isEqualTo(200);
            gate.clock().advance(Duration.ofHours(1));
        }
        gate.awaitMetric("usage_exporter_events_waiting{source=\"gateway\"}", "20");
        assertThat(gate.exporter()
                        .record("{\"provider\":\"anthropic\",\"usage\":{}}")
                        .statusCode())
                .isEqualTo(503);
        assertThat(gate.exporter().metrics()).doesNotContainKey(requests("late", "claude-answered"));

        Files.move(elsewhere, ledger, StandardCopyOption.REPLACE_EXISTING);
        gate.awaitMetric("usage_exporter_events_waiting{source=\"gateway\"}", "0");
        gate.awaitMetric(requests("late", "claude-answered"), "20");
        assertThat(gate.metric("usage_exporter_events_dropped_total{source=\"gateway\"}"))
                .isEqualByComparingTo("0");
        // 15 of the calls came before midnight.
        assertThat(gate.exporter()
                        .usageAt("2026-11-24T12:00:00Z")
                        .at("/used/anthropic/daily/requests")
                        .asInt())
                .isEqualTo(1 + 15);
        try (LedgerReader reader = LedgerReader.open(ledger)) {
            assertThat(reader.verify()).isEqualTo(new Verification(21, List.of()));
        }
    }

    @Test
    void whatWaitsIsRecordedWhenTheExporterEnds() throws Exception {
        Path ledger = folder.resolve("usage.db");
        Path elsewhere = folder.resolve("moved.db");
        Files.move(ledger, elsewhere);
        Files.createFile(ledger);
        gate.post(Gate.MESSAGES);
        gate.awaitMetric("usage_exporter_events_waiting{source=\"gateway\"}", "1");
        Files.move(elsewhere, ledger, StandardCopyOption.REPLACE_EXISTING);

        gate.close();
        start();

        assertThat(gate.used("requests")).isEqualByComparingTo("1");
    }

    /** The body may look like a request, and must not become one on the provider's connection. */
    @Test
    void aBodyWhoseLengthIsSaidToBeTheConnectionsIsStillABody() throws IOException {
        String body = "GET /v1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
        String request = "POST " + Gate.MESSAGES + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Connection: Content-Length\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        try (var socket = new Socket(
                InetAddress.getLoopbackAddress(), gate.exporter().http().port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 200 ").contains("msg_1");
        }
        gate.get("/gateway/anthropic/v1/models");
        Awaitility.await().until(() -> gate.api().requests().size() >= 2);
        assertThat(gate.api().targets()).containsExactly("/v1/messages", "/v1/models");
    }
}
