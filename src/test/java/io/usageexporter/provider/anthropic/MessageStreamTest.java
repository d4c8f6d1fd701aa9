package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageExtractor;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages as a stream of events. */
class MessageStreamTest {
    private static final String STOP = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    @Test
    void deltasReplaceCountsAndAreNotAdded() {
        assertUsage(
                start(
                                "\"input_tokens\":2679,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":4,\"output_tokens\":3")
                        + delta("\"output_tokens\":100,\"input_tokens\":5000")
                        + delta("\"output_tokens\":510,\"input_tokens\":10682,\"cache_read_input_tokens\":8")
                        + STOP,
                "tokens.input=10682 tokens.output=510 tokens.cache_read=8");
    }

    @Test
    void countsMissingOrNullInADeltaStay() {
        assertUsage(
                start("\"input_tokens\":57,\"cache_creation_input_tokens\":9,\"cache_read_input_tokens\":18350,"
                                + "\"cache_creation\":{\"ephemeral_5m_input_tokens\":2,\"ephemeral_1h_input_tokens\":7},"
                                + "\"output_tokens\":3")
                        + delta("\"output_tokens\":27,\"input_tokens\":null,\"cache_creation_input_tokens\":null,"
                                + "\"cache_creation\":null,\"iterations\":null")
                        + delta("\"output_tokens\":null")
                        + STOP,
                "tokens.input=57 tokens.output=27 tokens.cache_read=18350 tokens.cache_write_5m=2 tokens.cache_write_1h=7");
    }

    @Test
    void countThatFirstAppearsInADeltaCounts() {
        assertUsage(
                start("\"input_tokens\":null,\"output_tokens\":1")
                        + delta("\"output_tokens\":15,\"input_tokens\":25,\"cache_read_input_tokens\":6")
                        + STOP,
                "tokens.input=25 tokens.output=15 tokens.cache_read=6");
    }

    @Test
    void cacheWritesBeyondTheSplitOfTheStartLastFiveMinutes() {
        assertUsage(
                start("\"input_tokens\":1,\"cache_creation_input_tokens\":2400,"
                                + "\"cache_creation\":{\"ephemeral_5m_input_tokens\":1900,\"ephemeral_1h_input_tokens\":500},"
                                + "\"output_tokens\":1")
                        + delta("\"output_tokens\":2,\"cache_creation_input_tokens\":3000")
                        + STOP,
                "tokens.input=1 tokens.output=2 tokens.cache_write_5m=2500 tokens.cache_write_1h=500");
    }

    @Test
    void lastIterationsCountByModel() {
        String iterations = "\"iterations\":[{\"type\":\"message\",\"input_tokens\":%d,\"output_tokens\":1},"
                + "{\"type\":\"advisor_message\",\"model\":\"big\",\"output_tokens\":%d}]";
        ResponseUsage result = ExtractorFixture.stream(start("\"input_tokens\":1," + iterations.formatted(10, 20))
                + delta("\"output_tokens\":9," + iterations.formatted(30, 40))
                + STOP);
        assertThat(ExtractorFixture.texts(result))
                .containsExactly(
                        "anthropic:msg_1 m requests=1 tokens.input=30 tokens.output=1",
                        "anthropic:msg_1#big big tokens.output=40");
    }

    @Test
    void newerCountsWinOverOlderIterations() {
        ResponseUsage result = ExtractorFixture.stream(start("\"input_tokens\":10,\"output_tokens\":1,\"iterations\":["
                        + "{\"type\":\"message\",\"model\":\"m\",\"input_tokens\":10,\"output_tokens\":1},"
                        + "{\"type\":\"compaction\",\"input_tokens\":100,\"output_tokens\":5},"
                        + "{\"type\":\"advisor_message\",\"model\":\"big\",\"input_tokens\":7}]")
                + delta("\"output_tokens\":50")
                + STOP);
        assertThat(ExtractorFixture.texts(result))
                .containsExactly(
                        "anthropic:msg_1 m requests=1 tokens.input=110 tokens.output=55",
                        "anthropic:msg_1#big big tokens.input=7");
    }

    @ParameterizedTest
    @CsvSource({"\\n", "\\r", "\\r\\n"})
    void lineEndsCommentsPingsAndUnknownEventsMakeNoDifference(String lineEnd) {
        String stream = ": hello\n\n" + start("\"input_tokens\":5,\"output_tokens\":1")
                + "event: ping\ndata: {\"type\": \"ping\"}\n\n:\n\nid: 7\nretry: 5\n\n"
                + "event: new_event\ndata: {\"type\":\"new_event\",\"usage\":{\"input_tokens\":99}}\n\n"
                + "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\","
                + "\"text\":\"\\nevent: message_delta\\ndata: {\\\"usage\\\":{\\\"output_tokens\\\":99}}\\n\\n\"}}\n\n"
                + "event:message_delta\nid:8\ndata:{\"type\":\"message_delta\",\ndata:\"usage\":{\"output_tokens\":\ndata: 7}}\n\n"
                + STOP;
        byte[] body = ExtractorFixture.utf8(
                stream.replace("\n", lineEnd.replace("\\n", "\n").replace("\\r", "\r")));
        for (int chunk : new int[] {1, 2, 3, 7, 37, 10_000}) {
            ResponseUsage result =
                    ExtractorFixture.read(AnthropicEndpoint.MESSAGES, "text/event-stream", body, chunk, true);
            assertThat(result.completion()).isEqualTo(Completion.COMPLETE);
            assertThat(ExtractorFixture.texts(result))
                    .containsExactly("anthropic:msg_1 m requests=1 tokens.input=5 tokens.output=7");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "event: message\n", "event\n"})
    void eventWithoutNameIsRecognizedByTheTypeInItsData(String name) {
        String stream = (start("\"input_tokens\":5") + delta("\"output_tokens\":7") + STOP)
                .replaceAll("event: message_[a-z]+\n", name);
        assertUsage(stream, "tokens.input=5 tokens.output=7");
    }

    @Test
    void errorEndsTheStreamAndUsageSoFarCounts() {
        ResponseUsage result = ExtractorFixture.stream(start("\"input_tokens\":640,\"output_tokens\":1")
                + "data: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n" + STOP);
        assertThat(result.completion()).isEqualTo(Completion.ERROR);
        assertThat(ExtractorFixture.texts(result))
                .containsExactly("anthropic:msg_1 m requests=1 tokens.input=640 tokens.output=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"usage\":{\"input_tokens\":5",
                "event: message_start\ndata: [5]\n\n",
                "event: message_start\ndata: {\"message\":7}\n\nevent: message_delta\ndata: {\"usage\":\"x\"}\n\n"
            })
    void streamCutInItsStartCountsAsOneRequest(String stream) {
        for (boolean complete : new boolean[] {true, false}) {
            ResponseUsage result = ExtractorFixture.read(
                    AnthropicEndpoint.MESSAGES.extractor(200, "text/event-stream", "req_1"),
                    ExtractorFixture.utf8(stream),
                    7,
                    complete);
            assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:req_1  requests=1");
            assertThat(result.completion()).isEqualTo(Completion.INCOMPLETE);
            assertThat(result.model()).isNull();
            assertThat(result.unmetered()).isEqualTo(complete ? UnmeteredReason.NO_USAGE : UnmeteredReason.INCOMPLETE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "event: ping\ndata: {}\n\n", "event: message_start\n", ": hello\n\n", "<html>"})
    void streamCutBeforeItsStartHasNoUsageAndIsReported(String stream) {
        for (boolean complete : new boolean[] {true, false}) {
            ResponseUsage result = ExtractorFixture.read(
                    AnthropicEndpoint.MESSAGES.extractor(200, "text/event-stream", "req_1"),
                    ExtractorFixture.utf8(stream),
                    7,
                    complete);
            assertThat(result.records()).isEmpty();
            assertThat(result.unmetered())
                    .isEqualTo(complete ? UnmeteredReason.UNEXPECTED_BODY : UnmeteredReason.INCOMPLETE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain", "text/html; charset=utf-8"})
    void streamIsRecognizedUnderAnyContentType(String contentType) {
        for (String before : List.of("", "\n\n", "\uFEFF", ": hello\r\n\r\n")) {
            byte[] body =
                    ExtractorFixture.utf8(before + start("\"input_tokens\":5") + delta("\"output_tokens\":7") + STOP);
            assertThat(ExtractorFixture.texts(
                            ExtractorFixture.read(AnthropicEndpoint.MESSAGES, contentType, body, 1, true)))
                    .containsExactly("anthropic:msg_1 m requests=1 tokens.input=5 tokens.output=7");
        }
        byte[] json = ExtractorFixture.utf8("{\"id\":\"msg_1\",\"usage\":{\"input_tokens\":5}}");
        assertThat(ExtractorFixture.texts(
                        ExtractorFixture.read(AnthropicEndpoint.MESSAGES, "text/event-stream", json, 1, true)))
                .containsExactly("anthropic:msg_1  requests=1 tokens.input=5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"input_tokens\":0,\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":16",
                "\"input_tokens\":1499,\"output_tokens\":16",
                "\"output_tokens\":16",
                "\"input_tokens\":0,\"output_tokens\":16,\"iterations\":[{\"type\":\"message\",\"input_tokens\":0,\"output_tokens\":16}]"
            })
    void laterLowerCountsAreIgnored(String later) {
        assertUsage(
                start(
                                "\"input_tokens\":1500,\"cache_creation_input_tokens\":40,\"cache_read_input_tokens\":300,\"output_tokens\":1")
                        + delta(later)
                        + delta("\"output_tokens\":0")
                        + STOP,
                "tokens.input=1500 tokens.output=16 tokens.cache_read=300 tokens.cache_write_5m=40");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "event: message_stop\ndata: {\"type\":\"message_stop\",\"usage\":{\"output_tokens\":44}}\n\n",
                "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"usage\":{\"output_tokens\":44}}}\n\n"
                        + STOP
            })
    void usageAtTheStopOrNestedInTheDeltaCounts(String end) {
        assertUsage(start("\"input_tokens\":5,\"output_tokens\":1") + end, "tokens.input=5 tokens.output=44");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"service_tier\":\"priority\",\"speed\":\"fast\",\"inference_geo\":\"us\" | \"output_tokens\":7 | fast+priority+us",
                "\"speed\":\"fast\"         | \"speed\":null             | fast",
                "\"speed\":\"fast\"         | \"speed\":\"standard\"     | ''",
                "\"input_tokens\":5         | \"inference_geo\":\"us\"   | us",
                "\"service_tier\":\"flex\"  | \"service_tier\":\"batch\" | batch",
            })
    void lastReportedTierSpeedAndGeographyCount(String start, String delta, String pricing) {
        ResponseUsage result =
                ExtractorFixture.stream(start(start) + delta(delta) + delta("\"output_tokens\":9") + STOP);
        assertThat(ExtractorFixture.pricings(result)).containsExactly(pricing);
    }

    @Test
    void webSearchesAreCumulativeAndNeverFall() {
        String searches = "\"server_tool_use\":{\"web_search_requests\":%d}";
        assertUsage(
                start("\"input_tokens\":5," + searches.formatted(0))
                        + delta(searches.formatted(1))
                        + delta(searches.formatted(3))
                        + delta("\"server_tool_use\":null")
                        + delta(searches.formatted(2))
                        + STOP,
                "tokens.input=5 web_searches=3");
    }

    @Test
    void modelsThatWereCalledHaveThePricingOfTheResponseWithoutItsSpeed() {
        ResponseUsage result = ExtractorFixture.stream(
                start("\"input_tokens\":1,\"service_tier\":\"batch\",\"speed\":\"fast\",\"inference_geo\":\"us\","
                                + "\"server_tool_use\":{\"web_search_requests\":2},\"iterations\":["
                                + "{\"type\":\"message\",\"input_tokens\":1},"
                                + "{\"type\":\"advisor_message\",\"model\":\"big\",\"input_tokens\":7}]")
                        + STOP);
        assertThat(ExtractorFixture.texts(result))
                .containsExactly(
                        "anthropic:msg_1 m requests=1 tokens.input=1 web_searches=2",
                        "anthropic:msg_1#big big tokens.input=7");
        assertThat(ExtractorFixture.pricings(result)).containsExactly("batch+fast+us", "batch+us");
    }

    @Test
    void truncatedDeltaIsIgnored() {
        String stream = start("\"input_tokens\":5,\"output_tokens\":1")
                + "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"input_tokens\":99,\"output_tokens\":12";
        assertThat(ExtractorFixture.texts(ExtractorFixture.stream(stream)))
                .containsExactly("anthropic:msg_1 m requests=1 tokens.input=5 tokens.output=1");
    }

    @Test
    void completeDeltaWithoutBlankLineCounts() {
        String stream = start("\"input_tokens\":5,\"output_tokens\":1")
                + delta("\"output_tokens\":12").strip();
        assertThat(ExtractorFixture.texts(ExtractorFixture.stream(stream)))
                .containsExactly("anthropic:msg_1 m requests=1 tokens.input=5 tokens.output=12");
    }

    @Test
    void streamIsCompleteOnceItsMessageStopped() {
        byte[] body = ExtractorFixture.utf8(start("\"input_tokens\":5") + STOP);
        assertThat(ExtractorFixture.read(AnthropicEndpoint.MESSAGES, "text/event-stream", body, 7, false)
                        .completion())
                .isEqualTo(Completion.COMPLETE);
        byte[] unended = ExtractorFixture.utf8(start("\"input_tokens\":5"));
        assertThat(ExtractorFixture.read(AnthropicEndpoint.MESSAGES, "text/event-stream", unended, 7, true)
                        .completion())
                .isEqualTo(Completion.INCOMPLETE);
    }

    @Test
    void longContentIsNotBuffered() {
        UsageExtractor extractor = AnthropicEndpoint.MESSAGES.extractor(200, "text/event-stream", null);
        extractor.read(ByteBuffer.wrap(ExtractorFixture.utf8(start("\"input_tokens\":5"))));
        ByteBuffer block = ByteBuffer.wrap(
                ExtractorFixture.utf8("event: content_block_start\ndata: {\"type\":\"content_block_start\","
                        + "\"content_block\":{\"text\":\"" + "x".repeat(1_000_000) + "\"}}\n\n"));
        for (int i = 0; i < 20; i++) {
            extractor.read(block.rewind());
            assertThat(((SniffingExtractor) extractor).retainedBytes()).isLessThan(2048);
        }
        extractor.read(ByteBuffer.wrap(ExtractorFixture.utf8(delta("\"output_tokens\":7") + STOP)));
        assertThat(ExtractorFixture.texts(extractor.finish(true)))
                .containsExactly("anthropic:msg_1 m requests=1 tokens.input=5 tokens.output=7");
    }

    private static void assertUsage(String stream, String usage) {
        ResponseUsage result = ExtractorFixture.stream(stream);
        assertThat(result.completion()).isEqualTo(Completion.COMPLETE);
        assertThat(ExtractorFixture.texts(result)).containsExactly(("anthropic:msg_1 m requests=1 " + usage).strip());
    }

    private static String start(String usage) {
        return "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\","
                + "\"model\":\"m\",\"content\":[],\"usage\":{" + usage + "}}}\n\n";
    }

    private static String delta(String usage) {
        return "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":null},\"usage\":{"
                + usage + "}}\n\n";
    }
}
