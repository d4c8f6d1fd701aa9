package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.testing.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnthropicEndpointTest {
    @ParameterizedTest
    @CsvSource({
        "POST, /v1/messages, MESSAGES",
        "POST, /v1/messages/, MESSAGES",
        "POST, //v1/messages, MESSAGES",
        "POST, v1/messages, MESSAGES",
        "POST, /v1/messages/count_tokens, COUNT_TOKENS",
        "POST, /v1/complete, COMPLETE",
        "POST, /v1/chat/completions, CHAT_COMPLETIONS",
        "POST, /v1/messages/batches, BATCH_CREATE",
        "GET, /v1/messages/batches, BATCHES",
        "GET, /v1/messages/batches/msgbatch_1, BATCHES",
        "POST, /v1/messages/batches/msgbatch_1/cancel, BATCHES",
        "DELETE, /v1/messages/batches/msgbatch_1, BATCHES",
        "GET, /v1/messages/batches/msgbatch_1/results, BATCH_RESULTS",
        "HEAD, /v1/messages/batches/msgbatch_1/results, BATCHES",
        "GET, /v1/messages, OTHER",
        "OPTIONS, /v1/messages, OTHER",
        "GET, /v1/models, OTHER",
        "HEAD, /api/hello, OTHER",
        "POST, /v1/v1/messages, OTHER",
        "POST, /v1/Messages, OTHER",
        "POST, /v2/messages, OTHER",
        "POST, /v1/messages/other, OTHER",
        "POST, /model/anthropic.claude-3-haiku-20240307-v1:0/invoke, INVOKE",
        "POST, /bedrock/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke-with-response-stream, INVOKE",
        "POST, /v1/projects/p/locations/l/publishers/anthropic/models/claude-x@2025:rawPredict, INVOKE",
        "POST, /v1/projects/p/locations/l/publishers/anthropic/models/claude-x%3AstreamRawPredict, INVOKE",
        "POST, /v1/projects/p/locations/l/publishers/anthropic/models/count-tokens@20240620:rawPredict, OTHER",
        "GET, /model/x/invoke, OTHER",
        "POST, /invoke, OTHER",
        "POST, /, OTHER",
        "POST, '', OTHER"
    })
    void endpointIsRecognizedByMethodAndPath(String method, String path, AnthropicEndpoint endpoint) {
        assertThat(AnthropicEndpoint.of(method, path)).isEqualTo(endpoint);
    }

    @Test
    void onlyCallsOfModelsConsumeQuota() {
        assertThat(Arrays.stream(AnthropicEndpoint.values()).filter(AnthropicEndpoint::consumesQuota))
                .containsExactly(
                        AnthropicEndpoint.MESSAGES,
                        AnthropicEndpoint.COMPLETE,
                        AnthropicEndpoint.CHAT_COMPLETIONS,
                        AnthropicEndpoint.BATCH_CREATE,
                        AnthropicEndpoint.INVOKE);
    }

    @Test
    void batchIdIsReadFromThePath() {
        assertThat(AnthropicEndpoint.batchId("/v1/messages/batches/msgbatch_1/results"))
                .isEqualTo("msgbatch_1");
        assertThat(AnthropicEndpoint.batchId("/v1/messages/batches")).isNull();
        assertThat(AnthropicEndpoint.batchId("/")).isNull();
    }

    @Test
    void onlyResponsesOfStatus2xxHaveUsage() {
        byte[] body = ExtractorFixture.utf8("{\"model\": \"m\", \"usage\": {\"input_tokens\": 5}}");
        for (AnthropicEndpoint endpoint : AnthropicEndpoint.values()) {
            int[] counted = IntStream.range(100, 600)
                    .filter(status -> !ExtractorFixture.read(
                                    endpoint.extractor(status, "application/json", null), body, 99, true)
                            .records()
                            .isEmpty())
                    .toArray();
            boolean counts = List.of(
                            AnthropicEndpoint.MESSAGES,
                            AnthropicEndpoint.COMPLETE,
                            AnthropicEndpoint.CHAT_COMPLETIONS,
                            AnthropicEndpoint.INVOKE)
                    .contains(endpoint);
            assertThat(counted).isEqualTo(counts ? IntStream.range(200, 300).toArray() : new int[0]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, true, COMPLETE",
        "200, false, INCOMPLETE",
        "304, true, COMPLETE",
        "404, true, ERROR",
        "529, false, ERROR"
    })
    void completionWithoutUsageDependsOnStatusAndEnd(int status, boolean complete, Completion completion) {
        ResponseUsage result = ExtractorFixture.read(
                AnthropicEndpoint.OTHER.extractor(status, null, null), new byte[100], 7, complete);
        assertThat(result).isEqualTo(new ResponseUsage(List.of(), completion, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "text/event-stream; charset=utf-8", "Text/Event-Stream;charset=UTF-8"})
    void streamIsReadWithAnySpellingOfItsContentType(String contentType) {
        byte[] stream = Samples.bytes("anthropic/stream-complete.sse");
        assertThat(ExtractorFixture.read(AnthropicEndpoint.MESSAGES, contentType, stream, 7, true)
                        .completion())
                .isEqualTo(Completion.COMPLETE);
    }

    @Test
    void jsonIsReadWithoutContentType() {
        byte[] body = Samples.bytes("anthropic/messages-response-minimal.json");
        assertThat(ExtractorFixture.texts(
                        ExtractorFixture.read(AnthropicEndpoint.MESSAGES.extractor(200, null, null), body, 7, true)))
                .containsExactly("anthropic:msg_01SampleMinimal0000000001 claude-haiku-4-5-20251001 requests=1"
                        + " tokens.input=11 tokens.output=4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "req_1      | msg_1 | anthropic:req_1",
                "           | msg_1 | anthropic:msg_1",
                "''         | msg_1 | anthropic:msg_1",
                "'req 1'    | msg_1 | anthropic:msg_1",
                "'réq'      | ''    | null",
                "           | ''    | null",
            })
    void idIsTheRequestIdElseTheMessageId(String requestId, String messageId, String id) {
        byte[] body = ExtractorFixture.utf8("{\"usage\": {}, \"id\": \"" + messageId + "\"}");
        ResponseUsage result = ExtractorFixture.read(
                AnthropicEndpoint.MESSAGES.extractor(200, "application/json", requestId), body, 7, true);
        assertThat(ExtractorFixture.texts(result)).containsExactly(id + "  requests=1");
    }

    @Test
    void idOfMoreThan128CharactersIsIgnored() {
        byte[] body = ExtractorFixture.utf8("{\"type\": \"message\"}");
        String longest = "r".repeat(128);
        assertThat(ExtractorFixture.read(AnthropicEndpoint.MESSAGES.extractor(200, null, longest), body, 7, true)
                        .records()
                        .get(0)
                        .id())
                .isEqualTo("anthropic:" + longest);
        assertThat(ExtractorFixture.read(AnthropicEndpoint.MESSAGES.extractor(200, null, longest + "r"), body, 7, true)
                        .records()
                        .get(0)
                        .id())
                .isNull();
    }
}
