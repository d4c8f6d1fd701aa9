package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageExtractor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chat completions compatible with OpenAI's, legacy completions, and the results of batches. */
class OtherResponsesTest {
    private static final String STREAM = "text/event-stream";
    private static final String JSON = "application/json";
    private static final String CHUNK = "data: {\"id\":\"msg_1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\","
            + "\"choices\":[{\"delta\":{\"content\":\"usage\"}}]";

    @Test
    void chatCompletionHasItsOwnFieldNames() {
        byte[] body = ExtractorFixture.utf8("""
                {"id": "msg_1", "object": "chat.completion", "model": "m",
                 "choices": [{"message": {"content": "x"}, "usage": {"prompt_tokens": 99}}],
                 "usage": {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19, "prompt_tokens_details": {},
                           "completion_tokens_details": {}, "input_tokens": 99}}
                """);
        ResponseUsage result = ExtractorFixture.read(AnthropicEndpoint.CHAT_COMPLETIONS, JSON, body, 7, true);
        assertThat(ExtractorFixture.texts(result))
                .containsExactly("anthropic:msg_1 m requests=1 tokens.input=12 tokens.output=7");
        assertThat(result.completion()).isEqualTo(Completion.COMPLETE);
        assertThat(result.model()).isEqualTo("m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "\"x\"", "{\"prompt_tokens\": -1, \"completion_tokens\": \"-5\"}"})
    void chatCompletionWithoutUsageCountsAsOneRequest(String usage) {
        byte[] body = ExtractorFixture.utf8("{\"id\": \"msg_1\", \"model\": \"m\", \"usage\": " + usage + "}");
        assertThat(ExtractorFixture.texts(
                        ExtractorFixture.read(AnthropicEndpoint.CHAT_COMPLETIONS, JSON, body, 7, true)))
                .containsExactly("anthropic:msg_1 m requests=1");
    }

    @Test
    void chatStreamReportsUsageInTheLastChunk() {
        String stream = CHUNK + "}\n\n" + CHUNK + ",\"usage\":null}\n\n"
                + "data: {\"id\":\"msg_1\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":7}}\n\n"
                + "data: [DONE]\n\n";
        for (int chunk : new int[] {1, 7, 37, 10_000}) {
            ResponseUsage result = ExtractorFixture.read(
                    AnthropicEndpoint.CHAT_COMPLETIONS, STREAM, ExtractorFixture.utf8(stream), chunk, true);
            assertThat(result.completion()).isEqualTo(Completion.COMPLETE);
            assertThat(ExtractorFixture.texts(result))
                    .containsExactly("anthropic:msg_1 m requests=1 tokens.input=12 tokens.output=7");
        }
    }

    @Test
    void chatStreamWithoutUsageCountsAsOneRequestEvenIfCutOrFailed() {
        ResponseUsage complete = ExtractorFixture.read(
                AnthropicEndpoint.CHAT_COMPLETIONS,
                STREAM,
                ExtractorFixture.utf8(CHUNK + "}\n\ndata: [DONE]\n\n"),
                7,
                true);
        assertThat(complete.completion()).isEqualTo(Completion.COMPLETE);
        assertThat(ExtractorFixture.texts(complete)).containsExactly("anthropic:msg_1 m requests=1");

        ResponseUsage cut = ExtractorFixture.read(
                AnthropicEndpoint.CHAT_COMPLETIONS, STREAM, ExtractorFixture.utf8(CHUNK + "}\n\n" + CHUNK), 7, false);
        assertThat(cut.completion()).isEqualTo(Completion.INCOMPLETE);
        assertThat(ExtractorFixture.texts(cut)).containsExactly("anthropic:msg_1 m requests=1");

        ResponseUsage failed = ExtractorFixture.read(
                AnthropicEndpoint.CHAT_COMPLETIONS,
                STREAM,
                ExtractorFixture.utf8(CHUNK + "}\n\ndata: {\"error\":{\"type\":\"x\"}}\n\n"),
                7,
                true);
        assertThat(failed.completion()).isEqualTo(Completion.ERROR);
        assertThat(ExtractorFixture.texts(failed)).containsExactly("anthropic:msg_1 m requests=1");
    }

    @Test
    void legacyStreamCountsAsOneRequest() {
        String stream =
                "event: completion\ndata: {\"type\":\"completion\",\"id\":\"compl_1\",\"completion\":\" Hi\",\"stop_reason\":null,"
                        + "\"model\":\"m\"}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n";
        String last =
                "event: completion\ndata: {\"type\":\"completion\",\"id\":\"compl_1\",\"completion\":\"\",\"stop_reason\":"
                        + "\"stop_sequence\",\"model\":\"m\"}\n\n";
        String error = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n";

        assertThat(legacy(stream + last))
                .isEqualTo(new ResponseUsage(
                        legacy(stream).records(), Completion.COMPLETE, "m", null, UnmeteredReason.NO_USAGE))
                .satisfies(result ->
                        assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:compl_1 m requests=1"));
        assertThat(legacy(stream).completion()).isEqualTo(Completion.INCOMPLETE);
        assertThat(legacy(stream + error).completion()).isEqualTo(Completion.ERROR);
    }

    private static ResponseUsage legacy(String stream) {
        return ExtractorFixture.read(AnthropicEndpoint.COMPLETE, STREAM, ExtractorFixture.utf8(stream), 7, true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"service_tier\":\"batch\"                             | batch",
                "\"service_tier\":null                                | batch",
                "\"output_tokens\":1                                  | batch",
                "\"service_tier\":\"standard\"                          | batch",
                "\"service_tier\":\"batch\",\"inference_geo\":\"us\"     | batch+us",
            })
    void resultOfABatchIsPricedAsSuchWhateverItSays(String field, String pricing) {
        String line = line("a", "\"id\":\"msg_a\",").replace("\"service_tier\":\"batch\"", field);
        assertThat(ExtractorFixture.pricings(batch(line, null, true))).containsExactly(pricing);
    }

    @Test
    void lastLineOfABatchMayLackItsNewline() {
        String first = line("a", "\"id\":\"msg_a\",");
        String second = line("b", "\"id\":\"msg_b\",");
        ResponseUsage result = batch(first + "\n" + second, null, true);
        assertThat(ExtractorFixture.texts(result))
                .containsExactly(
                        "anthropic:msg_a m requests=1 tokens.input=5", "anthropic:msg_b m requests=1 tokens.input=5");
        assertThat(result.completion()).isEqualTo(Completion.COMPLETE);
    }

    @Test
    void truncatedLineIsIgnored() {
        String first = line("a", "\"id\":\"msg_a\",");
        for (int length = 1; length < first.length(); length++) {
            ResponseUsage result =
                    batch(first + "\n" + first.replace("msg_a", "msg_b").substring(0, length), null, true);
            assertThat(result.completion()).isEqualTo(Completion.INCOMPLETE);
            assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:msg_a m requests=1 tokens.input=5");
        }
        assertThat(batch(first + "\n", null, false).completion()).isEqualTo(Completion.INCOMPLETE);
    }

    @Test
    void invalidAndEmptyLinesAreSkipped() {
        String good = line("a", "\"id\":\"msg_a\",");
        ResponseUsage result = batch(
                "\n\r\n{\n[}\n\"" + "\n{\"result\":5}\n{\"result\":{\"type\":\"succeeded\"\n" + good + "\r\n",
                null,
                true);
        assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:msg_a m requests=1 tokens.input=5");
        assertThat(result.completion()).isEqualTo(Completion.COMPLETE);
    }

    @Test
    void onlySucceededResultsCount() {
        String succeeded = line("a", "\"id\":\"msg_a\",");
        String all = succeeded + "\n" + succeeded.replace("succeeded", "errored") + "\n"
                + succeeded.replace("succeeded", "canceled")
                + "\n{\"custom_id\":\"d\",\"result\":{\"type\":\"expired\"}}\n";
        assertThat(batch(all, null, true).records()).hasSize(1);
    }

    @Test
    void resultWithoutMessageIdIsIdentifiedByBatchAndCustomId() {
        assertThat(ExtractorFixture.texts(batch(line("a", ""), "msgbatch_1", true)))
                .containsExactly("anthropic:msgbatch_1:a m requests=1 tokens.input=5");
        assertThat(ExtractorFixture.texts(batch(line("a", ""), null, true)))
                .containsExactly("null m requests=1 tokens.input=5");
        assertThat(ExtractorFixture.texts(batch(line("a", "\"id\":\"msg_a\","), "msgbatch_1", true)))
                .containsExactly("anthropic:msg_a m requests=1 tokens.input=5");
    }

    @Test
    void resultsWithTheSameForeignMessageIdAreDistinct() {
        String same = "\"id\":\"chatcmpl-1\",";
        assertThat(ExtractorFixture.texts(batch(line("a", same) + "\n" + line("b", same), "msgbatch_1", true)))
                .containsExactly(
                        "anthropic:msgbatch_1:a m requests=1 tokens.input=5",
                        "anthropic:msgbatch_1:b m requests=1 tokens.input=5");
    }

    @Test
    void requestIdOfTheDownloadDoesNotIdentifyResults() {
        byte[] body = ExtractorFixture.utf8(line("a", "\"id\":\"msg_a\","));
        ResponseUsage result = ExtractorFixture.read(
                AnthropicEndpoint.BATCH_RESULTS.extractor(200, JSON, "req_download"), body, 7, true);
        assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:msg_a m requests=1 tokens.input=5");
    }

    @Test
    void recordsCanBeDrainedBeforeTheEnd() {
        UsageExtractor extractor = AnthropicEndpoint.BATCH_RESULTS.extractor(200, null, null);
        assertThat(extractor.drain()).isEmpty();
        extractor.read(ByteBuffer.wrap(
                ExtractorFixture.utf8(line("a", "\"id\":\"msg_a\",") + "\n" + line("b", "\"id\":\"msg_b\","))));
        assertThat(extractor.drain()).extracting("id").containsExactly("anthropic:msg_a");
        assertThat(extractor.drain()).isEmpty();
        assertThat(extractor.finish(true).records()).extracting("id").containsExactly("anthropic:msg_b");
    }

    @Test
    void longLinesNeedLittleMemoryAndPendingRecordsAreBounded() {
        var extractor = new BatchResultsExtractor(null);
        String text = "x".repeat(100_000);
        for (int i = 0; i < 50; i++) {
            extractor.read(ByteBuffer.wrap(ExtractorFixture.utf8(
                    line("c" + i, "\"id\":\"msg_" + i + "\",\"content\":[{\"text\":\"" + text + "\"}],") + "\n")));
            assertThat(extractor.retainedBytes()).isLessThan(2048);
        }
        assertThat(extractor.drain()).hasSize(50);

        byte[] small = ExtractorFixture.utf8(
                "{\"result\":{\"type\":\"succeeded\",\"message\":{\"usage\":{}}}}\n".repeat(1000));
        for (int i = 0; i < 105; i++) {
            extractor.read(ByteBuffer.wrap(small));
        }
        assertThat(extractor.finish(true).records()).hasSize(BatchResultsExtractor.MAX_PENDING);
    }

    private static ResponseUsage batch(String lines, @Nullable String batchId, boolean complete) {
        return ExtractorFixture.read(
                AnthropicEndpoint.BATCH_RESULTS.extractor(200, "application/binary", "req_1", batchId),
                ExtractorFixture.utf8(lines),
                7,
                complete);
    }

    private static String line(String customId, String fields) {
        return "{\"custom_id\":\"" + customId + "\",\"result\":{\"type\":\"succeeded\",\"message\":{" + fields
                + "\"type\":\"message\",\"model\":\"m\",\"usage\":{\"input_tokens\":5,\"service_tier\":\"batch\"}}}}";
    }
}
