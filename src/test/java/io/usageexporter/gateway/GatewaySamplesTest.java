package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each sample is forwarded byte for byte and recorded correctly, in whatever pieces it arrives. */
class GatewaySamplesTest {
    private static final List<Integer> PIECES = List.of(1, 7, 37, Integer.MAX_VALUE);
    private static final String TOKENS = "api_usage_tokens_total{category=\"recommendations\",kind=\"";

    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    static Stream<Arguments> messages() {
        return Stream.of(
                        "anthropic/messages-response-cached.json",
                        "anthropic/messages-response-minimal.json",
                        "anthropic/stream-complete.sse",
                        "anthropic/stream-delta-output-only.sse",
                        "anthropic/stream-thinking-tool-use.sse",
                        "anthropic/stream-error-midway.sse",
                        "anthropic/stream-truncated.sse")
                .flatMap(file -> PIECES.stream().map(piece -> Arguments.of(file, piece)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void messageIsForwardedAndRecorded(String file, int piece) throws Exception {
        JsonNode expected = Samples.expected(file);
        String outcome = expected.path("outcome").asText("complete");
        FakeResponse response = FakeResponse.sample(file).inPiecesOf(piece);
        gateway.provider()
                .on(
                        "POST",
                        "/v1/messages",
                        outcome.equals("incomplete") ? response.closesAfter(Long.MAX_VALUE) : response);

        assertThat(pass("POST", MESSAGES, file)).isEqualTo(!outcome.equals("incomplete"));

        gateway.awaitCalls(1, 200, outcome);
        gateway.awaitUsed("requests", 1);
        assertTokens("input", expected.path("input_tokens").asInt());
        assertTokens("cache_write", expected.path("cache_creation_input_tokens").asInt());
        assertTokens("cache_read", expected.path("cache_read_input_tokens").asInt());
        assertTokens(
                "output",
                expected.path("output_tokens")
                        .asInt(expected.path("output_tokens_seen").asInt()));
        gateway.awaitUsed("tokens", (int) (tokens("input") + tokens("cache_write") + tokens("output")));
        if (expected.has("model")) {
            gateway.awaitMetric(
                    "api_usage_requests_total{category=\"recommendations\",model=\""
                            + expected.path("model").asText() + "\",provider=\"anthropic\"}",
                    "1");
        }
    }

    static List<Integer> pieces() {
        return PIECES;
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void theResultsOfABatch(int piece) throws Exception {
        String file = "anthropic/batch-results.jsonl";
        JsonNode expected = Samples.expected(file);
        gateway.provider()
                .on(
                        "GET",
                        "/v1/messages/batches/msgbatch_1/results",
                        FakeResponse.sample(file).inPiecesOf(piece));

        for (int download = 0; download < 3; download++) {
            assertThat(pass("GET", MESSAGES + "/batches/msgbatch_1/results", file))
                    .isTrue();
        }

        gateway.awaitCalls(3, 200, "complete");
        gateway.awaitUsed("requests", expected.path("succeeded").asInt());
        assertTokens("input", expected.path("input_tokens").asInt());
        assertTokens("cache_read", expected.path("cache_read_input_tokens").asInt());
        assertTokens("output", expected.path("output_tokens").asInt());
    }

    @ParameterizedTest
    @MethodSource("pieces")
    void legacyCompletionIsARequestWithoutTokens(int piece) throws Exception {
        String file = "anthropic/complete-legacy-response.json";
        gateway.provider().on("POST", "/v1/complete", FakeResponse.sample(file).inPiecesOf(piece));

        assertThat(pass("POST", "/gateway/anthropic/v1/complete", file)).isTrue();

        gateway.awaitUsed("requests", 1);
        gateway.awaitUsed("tokens", 0);
    }

    @Test
    void responsesWithoutUsageAreNotRecorded() throws Exception {
        gateway.provider()
                .on("POST", "/v1/messages/count_tokens", FakeResponse.sample("anthropic/count-tokens-response.json"))
                .on(
                        "POST",
                        "/v1/messages",
                        FakeResponse.sample("anthropic/error-429-rate-limit.json"),
                        FakeResponse.sample("anthropic/error-529-overloaded.json"),
                        FakeResponse.sample("anthropic/messages-response-minimal.json"));

        pass("POST", MESSAGES + "/count_tokens", "anthropic/count-tokens-response.json");
        pass("POST", MESSAGES, "anthropic/error-429-rate-limit.json");
        pass("POST", MESSAGES, "anthropic/error-529-overloaded.json");
        pass("POST", MESSAGES, "anthropic/messages-response-minimal.json");

        gateway.awaitCalls(1, 429, "error");
        gateway.awaitCalls(1, 529, "error");
        gateway.awaitCalls(2, 200, "complete");
        gateway.awaitUsed("requests", 1);
        gateway.awaitUsed("tokens", 11 + 4);
    }

    static Stream<Arguments> runs() {
        return Stream.of("succeeded", "failed", "aborted", "timed-out", "running", "succeeded-preliminary")
                .map(state -> "apify/run-" + state + ".json")
                .flatMap(file -> PIECES.stream().map(piece -> Arguments.of(file, piece)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void runIsForwardedAndRecorded(String file, int piece) throws Exception {
        gateway.provider()
                .on("GET", "/v2/actor-runs/Rn1", FakeResponse.sample(file).inPiecesOf(piece));

        assertThat(pass("GET", "/gateway/apify/v2/actor-runs/Rn1", file)).isTrue();

        BigDecimal units = Samples.expected(file).path("computeUnits").decimalValue();
        BigDecimal usd =
                TestExporter.json(Samples.text(file)).at("/data/usageTotalUsd").decimalValue();
        Awaitility.await().pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
            JsonNode used = gateway.exporter().usage().at("/used/apify/daily");
            assertThat(used.path("compute_units").decimalValue()).isCloseTo(units, within(new BigDecimal("0.0000005")));
            assertThat(used.path("usd").decimalValue()).isCloseTo(usd, within(new BigDecimal("0.0000005")));
        });
    }

    /** Whether the sample arrived completely; every byte that arrived must be as sent. */
    private boolean pass(String method, String target, String file) throws Exception {
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response = client.request(
                            method, target, "X-Usage-Category: recommendations", "Content-Length: 2")
                    .write("{}")
                    .read();
            assertThat(response.bytes()).isEqualTo(Samples.bytes(file));
            return response.complete();
        }
    }

    private void assertTokens(String kind, int expected) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(tokens(kind)).as(kind).isEqualTo(expected));
    }

    /** The sum over all series whose names begin so. */
    private long tokens(String kind) {
        return gateway.exporter().metrics().entrySet().stream()
                .filter(sample -> sample.getKey().startsWith(TOKENS + kind))
                .mapToLong(sample -> sample.getValue().longValueExact())
                .sum();
    }
}
