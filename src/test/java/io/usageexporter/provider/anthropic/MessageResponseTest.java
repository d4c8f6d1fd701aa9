package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.UsageRecord;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages as one JSON object. */
class MessageResponseTest {
    @Test
    void usageAfterMegabytesOfContentIsFoundInLittleMemory() {
        UsageExtractor extractor = AnthropicEndpoint.MESSAGES.extractor(200, "application/json", null);
        extractor.read(ByteBuffer.wrap(
                ExtractorFixture.utf8("{\"id\":\"msg_1\",\"content\":[{\"type\":\"text\",\"text\":\"")));
        byte[] text = ExtractorFixture.utf8("\\\"usage\\\":{\\\"input_tokens\\\":9},{[\\\\ é 🤖".repeat(200));
        for (int i = 0; i < 1000; i++) {
            extractor.read(ByteBuffer.wrap(text));
        }
        extractor.read(ByteBuffer.wrap(ExtractorFixture.utf8("\"}],\"model\":\"m\",\"usage\":{\"input_tokens\":5}}")));

        assertThat(((SniffingExtractor) extractor).retainedBytes()).isLessThan(4096);
        assertThat(ExtractorFixture.texts(extractor.finish(true)))
                .containsExactly("anthropic:msg_1 m requests=1 tokens.input=5");
    }

    @Test
    void usageInsideTheContentIsIgnored() {
        assertThat(ExtractorFixture.texts(ExtractorFixture.json("""
                        {"id": "msg_1", "type": "message", "model": "m",
                         "content": [{"type": "tool_use", "id": "toolu_1", "input": {"usage": {"input_tokens": 9},
                            "model": "x", "id": "y"}}, {"usage": {"output_tokens": 9}}],
                         "usage": {"input_tokens": 5, "output_tokens": 2, "output_tokens_details": {"thinking_tokens": 1},
                                   "server_tool_use": {"web_search_requests": 3}, "new_tokens": 9}}
                        """)))
                .containsExactly("anthropic:msg_1 m requests=1 tokens.input=5 tokens.output=2 web_searches=3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"input_tokens\": -5, \"output_tokens\": 2}         | tokens.output=2",
                "{\"input_tokens\": 1.5, \"output_tokens\": 2}        | tokens.output=2",
                "{\"input_tokens\": 1e30, \"output_tokens\": 2}       | tokens.output=2",
                "{\"input_tokens\": \"1.5\", \"output_tokens\": 2}    | tokens.output=2",
                "{\"input_tokens\": true, \"output_tokens\": 2}       | tokens.output=2",
                "{\"input_tokens\": {\"output_tokens\": 9}, \"output_tokens\": 2} | tokens.output=2",
                "{\"input_tokens\": [[5], 6], \"output_tokens\": 2}   | tokens.output=2",
                "{\"input_tokens\": 1000000000000000000000000000000, \"output_tokens\": 2} | tokens.output=2",
                "{\"input_tokens\": 1000000000001, \"output_tokens\": 2} | tokens.output=2",
                "{\"cache_creation\": 5, \"output_tokens\": 2}        | tokens.output=2",
                "{\"cache_creation\": [{\"ephemeral_1h_input_tokens\": 1}], \"output_tokens\": 2} | tokens.output=2",
                "{\"cache_creation\": {\"ephemeral_1h_input_tokens\": -1, \"ephemeral_5m_input_tokens\": 4}}"
                        + " | tokens.cache_write_5m=4",
                "{\"iterations\": 5, \"output_tokens\": 2}            | tokens.output=2",
                "{\"iterations\": {}, \"output_tokens\": 2}           | tokens.output=2",
                "{\"iterations\": [5, null, []], \"output_tokens\": 2} | tokens.output=2",
                "{\"iterations\": [5, {\"output_tokens\": 3}, \"x\"], \"output_tokens\": 2} | tokens.output=3",
            })
    void invalidAmountIsLeftOutAndReported(String usage, String amounts) {
        ResponseUsage result = ExtractorFixture.json("{\"usage\": " + usage + ", \"id\": \"msg_1\"}");
        assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:msg_1  requests=1 " + amounts);
        assertThat(result.unmetered()).isEqualTo(UnmeteredReason.INVALID_AMOUNT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"input_tokens\": 5, \"input_tokens\": 6}           | tokens.input=6",
                "{\"input_tokens\": 1000000000000, \"output_tokens\": 2} | tokens.input=1000000000000 tokens.output=2",
                "{\"input_tokens\": 12.0, \"output_tokens\": 1.5e2, \"cache_read_input_tokens\": \"30\"}"
                        + " | tokens.input=12 tokens.output=150 tokens.cache_read=30",
                "{\"iterations\": [], \"output_tokens\": 2}           | tokens.output=2",
                "{\"iterations\": [{\"output_tokens\": 1000000000000}, {\"output_tokens\": 1}]} | tokens.output=1000000000000",
            })
    void validAmountInAnyNotationCounts(String usage, String amounts) {
        ResponseUsage result = ExtractorFixture.json("{\"usage\": " + usage + ", \"id\": \"msg_1\"}");
        assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:msg_1  requests=1 " + amounts);
        assertThat(result.unmetered()).isNull();
    }

    @Test
    void numberOfThousandsOfDigitsIsIgnored() {
        assertThat(ExtractorFixture.texts(ExtractorFixture.json("{\"usage\": {\"input_tokens\": " + "9".repeat(20_000)
                        + ", \"output_tokens\": 2}, \"id\": \"i\"}")))
                .containsExactly("anthropic:i  requests=1 tokens.output=2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "null",
                "[]",
                "[1]",
                "{}",
                "\"text\"",
                "5",
                "OK",
                "{\"usage\": null}",
                "{\"usage\": 5}",
                "{\"usage\": [{\"input_tokens\": 5}]}",
                "{\"ok\": true, \"id\": \"x\"}",
                "<html>{\"usage\": {\"input_tokens\": 5}}</html>",
                "<!DOCTYPE html><title>Sign in</title>",
                "data: hello\n\n",
                "\u0000\u0001"
            })
    void bodyThatIsNotAMessageHasNoUsage(String body) {
        assertThat(ExtractorFixture.json(body))
                .isEqualTo(new ResponseUsage(
                        List.of(),
                        ExtractorFixture.json(body).completion(),
                        null,
                        null,
                        UnmeteredReason.UNEXPECTED_BODY));
        assertThat(ExtractorFixture.read(AnthropicEndpoint.MESSAGES, "text/html", ExtractorFixture.utf8(body), 1, false)
                        .records())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"usage\": {}}",
                "{\"type\": \"message\"}",
                "{\"id\": \"msg_1\", \"model\": \"m\", \"usage\": null}",
                "{\"id\": 5, \"model\": {}, \"usage\": {\"input_tokens\": null}}"
            })
    void messageWithoutUsageCountsAsOneRequest(String body) {
        ResponseUsage result = ExtractorFixture.json(body);
        assertThat(result.records()).hasSize(1);
        assertThat(result.records().get(0).usage()).hasToString("requests=1");
        assertThat(result.unmetered()).isEqualTo(UnmeteredReason.NO_USAGE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"},\"request_id\":\"req_x\"} | overloaded_error",
                "{\"error\":{\"type\":\"api_error\"},\"id\":\"x\",\"model\":\"m\"} | api_error",
                "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"details\":{\"error_code\":\"ramp_limit_exceeded\"}}} | ramp_limit_exceeded",
                "{\"error\":\"no\"} | other",
                "event: error\\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}} | overloaded_error",
                "data: {\"error\":{\"type\":\"overloaded_error\"},\"type\":\"error\"} | overloaded_error",
            })
    void errorInASuccessfulResponseHasANameAndNoUsage(String body, String name) {
        assertThat(ExtractorFixture.json(body.replace("\\n", "\n")))
                .isEqualTo(new ResponseUsage(List.of(), Completion.ERROR, null, name, null));
    }

    @Test
    void truncatedUsageIsReportedAsIncomplete() {
        ResponseUsage result =
                ExtractorFixture.json("{\"id\": \"msg_1\", \"model\": \"m\", \"usage\": {\"input_tokens\": 5");
        assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:msg_1 m requests=1");
        assertThat(result.unmetered()).isEqualTo(UnmeteredReason.INCOMPLETE);
    }

    @Test
    void truncatedResponseCountsAsOneRequest() {
        byte[] body = ExtractorFixture.utf8(
                "{\"id\": \"msg_1\", \"model\": \"m\", \"usage\": {\"input_tokens\": 57, \"output_tok");
        ResponseUsage result = ExtractorFixture.read(AnthropicEndpoint.MESSAGES, "application/json", body, 7, false);
        assertThat(result.completion()).isEqualTo(Completion.INCOMPLETE);
        assertThat(ExtractorFixture.texts(result)).containsExactly("anthropic:msg_1 m requests=1");
    }

    @Test
    void responseIsCompleteOnceItsObjectIs() {
        byte[] body = ExtractorFixture.utf8("{\"usage\": {\"input_tokens\": 5}}");
        assertThat(ExtractorFixture.read(AnthropicEndpoint.MESSAGES, "application/json", body, 7, false)
                        .completion())
                .isEqualTo(Completion.COMPLETE);
        assertThat(ExtractorFixture.json("{\"usage\": {\"input_tokens\": 5}").completion())
                .isEqualTo(Completion.INCOMPLETE);
        assertThat(ExtractorFixture.json("{\"type\": \"error\", \"error\": {}}").completion())
                .isEqualTo(Completion.ERROR);
    }

    @Test
    void iterationsAreSummedByModelAndTheRespondingModelHasTheRequest() {
        ResponseUsage result = ExtractorFixture.json("""
                {"id": "msg_1", "model": "m", "usage": {"input_tokens": 999, "output_tokens": 999, "iterations": [
                  {"type": "compaction", "input_tokens": 1000, "output_tokens": 200, "model": "ignored"},
                  {"type": "message", "model": null, "input_tokens": 60, "output_tokens": 30, "cache_read_input_tokens": 7},
                  {"type": "message", "model": "m", "input_tokens": 5, "cache_creation_input_tokens": 9,
                   "cache_creation": {"ephemeral_1h_input_tokens": 3}},
                  {"type": "advisor_message", "model": "big", "input_tokens": 40, "output_tokens": 20},
                  {"type": "new_kind", "model": "big", "input_tokens": 1},
                  {"type": "fallback_message", "model": "other", "output_tokens": 4}]}}
                """);
        assertThat(ExtractorFixture.texts(result))
                .containsExactly(
                        "anthropic:msg_1 m requests=1 tokens.input=1065 tokens.output=230 tokens.cache_read=7"
                                + " tokens.cache_write_5m=6 tokens.cache_write_1h=3",
                        "anthropic:msg_1#big big tokens.input=41 tokens.output=20",
                        "anthropic:msg_1#other other tokens.output=4");
        assertThat(result.model()).isEqualTo("m");
    }

    @Test
    void modelThatOnlyCalledOthersHasTheRequest() {
        assertThat(ExtractorFixture.texts(ExtractorFixture.json("""
                        {"model": "m", "usage": {"input_tokens": 9, "iterations": [
                          {"type": "fallback_message", "model": "other", "output_tokens": 4}]}}
                        """)))
                .containsExactly("null m requests=1", "null other tokens.output=4");
    }

    @ParameterizedTest
    @CsvSource({"a\\u0000b, a?b", "a\\nb, a?b", "\\ud800, ?"})
    void invalidCharactersInTheModelAreReplaced(String model, String valid) {
        ResponseUsage result = ExtractorFixture.json("{\"model\": \"" + model
                + "\", \"usage\": {\"iterations\": [{\"model\": \"" + model + "\", \"input_tokens\": 5}]}}");
        assertThat(ExtractorFixture.texts(result)).containsExactly("null " + valid + " requests=1 tokens.input=5");
        assertThat(result.model()).isEqualTo(valid);
    }

    @Test
    void longestIdsAndModelsAreValidInEvents() {
        String longId = "i".repeat(128);
        String longModel = "m".repeat(100);
        ResponseUsage result = ExtractorFixture.json("{\"id\": \"" + longId + "\", \"model\": \"" + "🤖".repeat(101)
                + "\", \"usage\": {\"iterations\": [{\"input_tokens\": 1}, {\"model\": \"" + longModel
                + "\", \"input_tokens\": 1}]}}");
        assertThat(result.records())
                .extracting(UsageRecord::id, UsageRecord::model)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("anthropic:" + longId, "🤖".repeat(100)),
                        org.assertj.core.groups.Tuple.tuple("anthropic:" + longId + "#" + longModel, longModel));
        assertThat(result.records())
                .allSatisfy(
                        record -> new UsageEvent(record.id(), "anthropic", "", record.model(), null, record.usage()));
    }

    @Test
    void errorsAreWrittenInTheProvidersFormat() {
        assertThat(AnthropicErrors.of("rate_limit_error", "the \"daily\" quota\nof requests \\ is used up 🤖"))
                .isEqualTo("{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":"
                        + "\"the \\\"daily\\\" quota\\nof requests \\\\ is used up 🤖\"},\"request_id\":null}");
    }
}
