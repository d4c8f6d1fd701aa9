package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.testing.Samples;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every sample response, in chunks of any size, gives the expected usage. */
class ResponseSamplesTest {
    private static final String STREAM = "text/event-stream; charset=utf-8";
    private static final String JSON = "application/json";
    private static final List<Integer> CHUNKS = List.of(1, 7, 37, Integer.MAX_VALUE);

    static Stream<Arguments> messages() {
        return Stream.of(
                        Arguments.of("messages-response-cached.json", JSON, Completion.COMPLETE),
                        Arguments.of("messages-response-minimal.json", JSON, Completion.COMPLETE),
                        Arguments.of("stream-complete.sse", STREAM, Completion.COMPLETE),
                        Arguments.of("stream-delta-output-only.sse", STREAM, Completion.COMPLETE),
                        Arguments.of("stream-thinking-tool-use.sse", STREAM, Completion.COMPLETE),
                        Arguments.of("stream-error-midway.sse", STREAM, Completion.ERROR),
                        Arguments.of("stream-truncated.sse", STREAM, Completion.INCOMPLETE))
                .flatMap(sample -> CHUNKS.stream()
                        .map(chunk -> Arguments.of(sample.get()[0], sample.get()[1], sample.get()[2], chunk)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void messageHasTheExpectedUsage(String file, String contentType, Completion completion, int chunk)
            throws IOException {
        byte[] body = Samples.bytes("anthropic/" + file);
        JsonNode expected = expected(file);

        ResponseUsage result = ExtractorFixture.read(
                AnthropicEndpoint.MESSAGES, contentType, body, chunk, completion != Completion.INCOMPLETE);

        assertThat(result.completion()).isEqualTo(completion);
        assertThat(result.records()).hasSize(1);
        Map<Measure, Long> amounts = amounts(result);
        assertThat(amounts.remove(Measure.of(Measure.REQUESTS))).isEqualTo(1);
        assertThat(amounts.getOrDefault(Measure.tokens(TokenKind.INPUT), 0L))
                .isEqualTo(expected.required("input_tokens").longValue());
        assertThat(amounts.getOrDefault(Measure.tokens(TokenKind.OUTPUT), 0L))
                .isEqualTo(expected.path("output_tokens")
                        .asLong(expected.path("output_tokens_seen").asLong(-1)));
        assertThat(amounts.getOrDefault(Measure.tokens(TokenKind.CACHE_READ), 0L))
                .isEqualTo(expected.path("cache_read_input_tokens").asLong(0));
        assertThat(amounts.getOrDefault(Measure.tokens(TokenKind.CACHE_WRITE_5M), 0L)
                        + amounts.getOrDefault(Measure.tokens(TokenKind.CACHE_WRITE_1H), 0L))
                .isEqualTo(expected.path("cache_creation_input_tokens").asLong(0));
        if (expected.has("model")) {
            assertThat(result.model()).isEqualTo(expected.path("model").asText());
        }
        assertThat(result.records().get(0).model()).isEqualTo(result.model());
        assertThat(result.records().get(0).id()).startsWith("anthropic:msg_01Sample");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 37, Integer.MAX_VALUE})
    void splitOfCacheWritesIsKept(int chunk) {
        byte[] body = Samples.bytes("anthropic/messages-response-cached.json");

        ResponseUsage result = ExtractorFixture.read(
                AnthropicEndpoint.MESSAGES.extractor(200, JSON, "req_011SampleCached0000000001"), body, chunk, true);

        assertThat(ExtractorFixture.texts(result))
                .containsExactly("anthropic:req_011SampleCached0000000001 claude-sonnet-5-5 requests=1 tokens.input=57"
                        + " tokens.output=203 tokens.cache_read=18350 tokens.cache_write_5m=1900"
                        + " tokens.cache_write_1h=500");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 37, Integer.MAX_VALUE})
    void batchResultsHaveTheExpectedUsage(int chunk) throws IOException {
        byte[] body = Samples.bytes("anthropic/batch-results.jsonl");
        JsonNode expected = expected("batch-results.jsonl");

        ResponseUsage result =
                ExtractorFixture.read(AnthropicEndpoint.BATCH_RESULTS, "application/x-jsonl", body, chunk, true);

        assertThat(result.completion()).isEqualTo(Completion.COMPLETE);
        Map<Measure, Long> amounts = amounts(result);
        assertThat(amounts.get(Measure.of(Measure.REQUESTS)))
                .isEqualTo(expected.required("succeeded").longValue());
        assertThat(amounts.get(Measure.tokens(TokenKind.INPUT)))
                .isEqualTo(expected.required("input_tokens").longValue());
        assertThat(amounts.get(Measure.tokens(TokenKind.CACHE_READ)))
                .isEqualTo(expected.required("cache_read_input_tokens").longValue());
        assertThat(amounts.get(Measure.tokens(TokenKind.OUTPUT)))
                .isEqualTo(expected.required("output_tokens").longValue());
        assertThat(ExtractorFixture.texts(result))
                .containsExactly(
                        "anthropic:msg_01SampleBatchB00000000001 claude-haiku-4-5-20251001 requests=1 tokens.input=210"
                                + " tokens.output=35",
                        "anthropic:msg_01SampleBatchA00000000001 claude-sonnet-5-5 requests=1 tokens.input=90"
                                + " tokens.output=61 tokens.cache_read=4000");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 37, Integer.MAX_VALUE})
    void legacyCompletionCountsAsOneRequest(int chunk) {
        byte[] body = Samples.bytes("anthropic/complete-legacy-response.json");

        ResponseUsage result = ExtractorFixture.read(AnthropicEndpoint.COMPLETE, JSON, body, chunk, true);

        assertThat(result.completion()).isEqualTo(Completion.COMPLETE);
        assertThat(ExtractorFixture.texts(result))
                .containsExactly("anthropic:compl_01SampleLegacy000000001 claude-haiku-4-5-20251001 requests=1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 37, Integer.MAX_VALUE})
    void countingTokensAndReadingBatchesHasNoUsage(int chunk) {
        assertThat(ExtractorFixture.read(
                                AnthropicEndpoint.COUNT_TOKENS,
                                JSON,
                                Samples.bytes("anthropic/count-tokens-response.json"),
                                chunk,
                                true)
                        .records())
                .isEmpty();
        for (String file : List.of("batch-in-progress.json", "batch-ended.json")) {
            byte[] body = Samples.bytes("anthropic/" + file);
            assertThat(ExtractorFixture.read(AnthropicEndpoint.BATCHES, JSON, body, chunk, true)
                            .records())
                    .isEmpty();
            assertThat(ExtractorFixture.read(AnthropicEndpoint.BATCH_CREATE, JSON, body, chunk, true)
                            .records())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "400 error-400-own-spend-limit.json invalid_request_error",
                "401 error-401.json authentication_error",
                "413 error-413-request-too-large.json request_too_large",
                "429 error-429-rate-limit.json rate_limit_error",
                "429 error-429-spend-cap.json enforced_spend_limit_reached",
                "529 error-529-overloaded.json overloaded_error"
            })
    void errorResponseHasNoUsage(String sample) {
        String[] parts = sample.split(" ", -1);
        int status = Integer.parseInt(parts[0]);
        byte[] body = Samples.bytes("anthropic/" + parts[1]);
        for (AnthropicEndpoint endpoint : AnthropicEndpoint.values()) {
            ResponseUsage result = ExtractorFixture.read(endpoint.extractor(status, JSON, "req_1"), body, 7, true);
            assertThat(result).isEqualTo(new ResponseUsage(List.of(), Completion.ERROR, null, parts[2], null));
        }
    }

    private static JsonNode expected(String file) throws IOException {
        return new ObjectMapper().readTree(Samples.bytes("EXPECTED.json")).required("anthropic/" + file);
    }

    private static Map<Measure, Long> amounts(ResponseUsage result) {
        var sums = new HashMap<Measure, Long>();
        result.records()
                .forEach(record ->
                        record.usage().forEach((measure, amount) -> sums.merge(measure, units(amount), Long::sum)));
        return sums;
    }

    private static long units(Amount amount) {
        return amount.units().longValueExact();
    }
}
