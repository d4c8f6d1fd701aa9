package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.Usage;
import io.usageexporter.provider.PostedUsageFormat.PostedUsage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesUsageTest {
    @Test
    void cachedResponseCountsEachKindOnce() throws Exception {
        assertThat(read("""
                                {
                                  "input_tokens": 57,
                                  "cache_creation_input_tokens": 2400,
                                  "cache_read_input_tokens": 18350,
                                  "cache_creation": {
                                    "ephemeral_5m_input_tokens": 1900,
                                    "ephemeral_1h_input_tokens": 500
                                  },
                                  "output_tokens": 203,
                                  "output_tokens_details": {
                                    "thinking_tokens": 64
                                  },
                                  "server_tool_use": null,
                                  "service_tier": "standard",
                                  "inference_geo": "global",
                                  "speed": "standard"
                                }
                                """))
                .isEqualTo("tokens.input=57 tokens.output=203 tokens.cache_read=18350 tokens.cache_write_5m=1900"
                        + " tokens.cache_write_1h=500");
    }

    @Test
    void minimalResponseHasOnlyInputAndOutput() throws Exception {
        assertThat(read("{\"input_tokens\": 11, \"output_tokens\": 4}")).isEqualTo("tokens.input=11 tokens.output=4");
    }

    @Test
    void firstUsageOfAStreamIsRead() throws Exception {
        assertThat(read("""
                                {"input_tokens": 57, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 18350,
                                 "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
                                 "output_tokens": 3, "service_tier": "standard", "inference_geo": "global"}
                                """)).isEqualTo("tokens.input=57 tokens.output=3 tokens.cache_read=18350");
    }

    @Test
    void nullMeansZero() throws Exception {
        assertThat(read("""
                                {"input_tokens": null, "cache_creation_input_tokens": null, "cache_read_input_tokens": null,
                                 "cache_creation": null, "output_tokens": 7, "output_tokens_details": null,
                                 "server_tool_use": null, "service_tier": null, "inference_geo": null, "speed": null,
                                 "iterations": null, "fallback_credit": null}
                                """)).isEqualTo("tokens.output=7");
    }

    @Test
    void nullInCacheCreationMeansZero() throws Exception {
        assertThat(read("""
                                {"input_tokens": 1, "cache_creation_input_tokens": 5,
                                 "cache_creation": {"ephemeral_5m_input_tokens": null, "ephemeral_1h_input_tokens": 5}}
                                """)).isEqualTo("tokens.input=1 tokens.cache_write_1h=5");
    }

    @Test
    void cacheWritesWithoutTimeToLiveLastFiveMinutes() throws Exception {
        assertThat(read("{\"input_tokens\": 1, \"cache_creation_input_tokens\": 2400}"))
                .isEqualTo("tokens.input=1 tokens.cache_write_5m=2400");
    }

    @Test
    void cacheWritesBeyondTheSplitLastFiveMinutes() throws Exception {
        assertThat(read("{\"input_tokens\": 1, \"cache_creation_input_tokens\": 2400,"
                        + " \"cache_creation\": {\"ephemeral_1h_input_tokens\": 500}}"))
                .isEqualTo("tokens.input=1 tokens.cache_write_5m=1900 tokens.cache_write_1h=500");
    }

    @Test
    void splitCountsWithoutTheSum() throws Exception {
        assertThat(read("""
                                {"input_tokens": 1,
                                 "cache_creation": {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4}}
                                """)).isEqualTo("tokens.input=1 tokens.cache_write_5m=3 tokens.cache_write_1h=4");
    }

    @Test
    void orderOfFieldsDoesNotMatter() throws Exception {
        assertThat(read("""
                                {"cache_creation": {"ephemeral_1h_input_tokens": 500, "ephemeral_5m_input_tokens": 1900},
                                 "output_tokens": 203, "cache_creation_input_tokens": 2400, "input_tokens": 57}
                                """))
                .isEqualTo("tokens.input=57 tokens.output=203 tokens.cache_write_5m=1900 tokens.cache_write_1h=500");
    }

    @Test
    void unknownFieldsAreIgnored() throws Exception {
        assertThat(read("""
                                {"input_tokens": 1, "new": {"input_tokens": 99, "more": [{"output_tokens": 99}, [[]]]},
                                 "server_tool_use": {"web_search_requests": 5, "input_tokens": 99}, "text": "input_tokens",
                                 "output_tokens_details": {"thinking_tokens": 64, "output_tokens": 99},
                                 "cache_creation": {"ephemeral_1d_input_tokens": 99, "new": {"ephemeral_5m_input_tokens": 99},
                                                    "ephemeral_5m_input_tokens": 3},
                                 "float": 1.5, "big": 123456789012345678901234567890, "list": [1, 2], "truth": true,
                                 "output_tokens": 2}
                                """)).isEqualTo("tokens.input=1 tokens.output=2 tokens.cache_write_5m=3 web_searches=5");
    }

    @Test
    void iterationsAreSummedInsteadOfTheTopLevel() throws Exception {
        assertThat(read("""
                                {"input_tokens": 100, "output_tokens": 50, "cache_read_input_tokens": 10,
                                 "iterations": [
                                   {"type": "compaction", "input_tokens": 1000, "output_tokens": 200,
                                    "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0},
                                   {"type": "message", "model": null, "input_tokens": 60, "output_tokens": 30,
                                    "cache_read_input_tokens": 10, "cache_creation_input_tokens": 7,
                                    "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 3}},
                                   {"type": "advisor_message", "model": "claude-opus-5-5", "input_tokens": 40,
                                    "output_tokens": 20, "cache_read_input_tokens": null, "tools": [{"input_tokens": 99}]}
                                 ]}
                                """))
                .isEqualTo("tokens.input=1100 tokens.output=250 tokens.cache_read=10 tokens.cache_write_5m=4"
                        + " tokens.cache_write_1h=3");
    }

    @Test
    void iterationsMayComeFirst() throws Exception {
        assertThat(read("{\"iterations\": [{\"input_tokens\": 5}], \"input_tokens\": 100, \"output_tokens\": 100}"))
                .isEqualTo("tokens.input=5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null"})
    void withoutIterationsTheTopLevelCounts(String iterations) throws Exception {
        assertThat(read("{\"input_tokens\": 11, \"output_tokens\": 4, \"iterations\": " + iterations + "}"))
                .isEqualTo("tokens.input=11 tokens.output=4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"12.0", "12.000000", "1.2e1", "\"12\"", "\"12.0\"", "120e-1"})
    void wholeNumberInAnyNotationCounts(String count) throws Exception {
        assertThat(read("{\"input_tokens\": 1, \"output_tokens\": " + count + "}"))
                .isEqualTo("tokens.input=1 tokens.output=12");
    }

    @Test
    void largestCountIsAllowed() throws Exception {
        assertThat(read("{\"input_tokens\": 1000000000000}")).isEqualTo("tokens.input=1000000000000");
    }

    @ParameterizedTest
    @CsvSource({
        "input_tokens",
        "output_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
    })
    void invalidCountIsNamedWithTheAllowedRange(String field) {
        for (String value : new String[] {
            "-1",
            "1.5",
            "1e-1",
            "1e13",
            "1e999999999",
            "\"1.5\"",
            "\"-5\"",
            "\"5 \"",
            "\"\"",
            "\"five\"",
            "true",
            "[]",
            "[5]",
            "{}",
            "1000000000001",
            "9223372036854775808",
            "123456789012345678901234567890",
            "-9223372036854775809"
        }) {
            assertRejected(
                    "{\"" + field + "\": " + value + "}", "usage." + field + " must be a whole number from 0 to 10^12");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"})
    void invalidCountInTheSplitIsNamed(String field) {
        for (String value : new String[] {"-1", "1.5", "\"x\"", "{}"}) {
            assertRejected(
                    "{\"cache_creation\": {\"" + field + "\": " + value + "}}", field + " must be a whole number");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "\"x\"", "[]", "true"})
    void splitThatIsNotAnObjectIsNamed(String value) {
        assertRejected("{\"cache_creation\": " + value + "}", "usage.cache_creation must be an object or null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "\"x\"", "{}", "true"})
    void iterationsThatAreNotAnArrayAreNamed(String value) {
        assertRejected("{\"iterations\": " + value + "}", "usage.iterations must be an array or null");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[5]", "[null]", "[[]]", "[{}, \"x\"]", "[{\"input_tokens\": 1}, []]"})
    void iterationThatIsNotAnObjectIsNamed(String value) {
        assertRejected("{\"iterations\": " + value + "}", "usage.iterations must hold objects");
    }

    @Test
    void invalidCountInAnIterationIsNamed() {
        assertRejected("{\"iterations\": [{\"output_tokens\": -1}]}", "output_tokens must be a whole number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                                                             | ''",
                "\"service_tier\": \"standard\", \"speed\": \"standard\", \"inference_geo\": \"global\" | ''",
                "\"service_tier\": null, \"speed\": null, \"inference_geo\": null                | ''",
                "\"inference_geo\": \"not_available\"                                           | ''",
                "\"service_tier\": \"batch\"                                                    | batch",
                "\"service_tier\": \"priority\"                                                 | priority",
                "\"service_tier\": \"flex\"                                                     | flex",
                "\"speed\": \"fast\"                                                            | fast",
                "\"inference_geo\": \"us\"                                                      | us",
                "\"service_tier\": \"batch\", \"speed\": \"standard\", \"inference_geo\": \"us\"    | batch+us",
                "\"service_tier\": \"standard\", \"speed\": \"fast\", \"inference_geo\": \"US\"     | fast+us",
                "\"service_tier\": \"flex discount\"                                            | flex_discount",
                "\"service_tier\": {\"name\": \"batch\"}, \"speed\": 5, \"inference_geo\": []         | ''",
            })
    void pricingIsTheTierSpeedAndGeographyUnlessStandard(@Nullable String fields, String pricing) throws Exception {
        assertThat(posted("{\"input_tokens\": 1" + (fields == null ? "" : ", " + fields) + "}")
                        .pricing()
                        .text())
                .isEqualTo(pricing);
    }

    @Test
    void termsOfIterationsDoNotCount() throws Exception {
        PostedUsage posted = posted("""
                {"input_tokens": 1, "service_tier": "batch", "iterations": [
                  {"input_tokens": 1, "speed": "fast", "server_tool_use": {"web_search_requests": 9}}]}
                """);
        assertThat(posted.pricing()).isEqualTo(Pricing.of("batch"));
        assertThat(Usage.of(posted.amounts()).toString()).isEqualTo("tokens.input=1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"web_search_requests\": 3, \"web_fetch_requests\": 7} | tokens.input=1 web_searches=3",
                "{\"web_search_requests\": \"3\"}                        | tokens.input=1 web_searches=3",
                "{\"web_fetch_requests\": 7}                           | tokens.input=1",
                "{\"web_search_requests\": null}                       | tokens.input=1",
                "{}                                                    | tokens.input=1",
                "null                                                  | tokens.input=1",
            })
    void webSearchesCountAndFetchesDoNot(String tools, String counted) throws Exception {
        assertThat(read("{\"input_tokens\": 1, \"server_tool_use\": " + tools + "}"))
                .isEqualTo(counted);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5                              | usage.server_tool_use must be an object or null",
                "[]                             | usage.server_tool_use must be an object or null",
                "{\"web_search_requests\": -1}    | usage.web_search_requests must be a whole number from 0 to 10^12",
                "{\"web_search_requests\": 1.5}   | usage.web_search_requests must be a whole number from 0 to 10^12",
                "{\"web_search_requests\": 1e13}  | usage.web_search_requests must be a whole number from 0 to 10^12",
                "{\"web_search_requests\": {}}    | usage.web_search_requests must be a whole number from 0 to 10^12",
            })
    void invalidWebSearchesAreNamed(String tools, String message) {
        assertRejected("{\"input_tokens\": 1, \"server_tool_use\": " + tools + "}", message);
    }

    @Test
    void tooLargeSumIsNamed() {
        assertRejected(
                "{\"iterations\": [{\"output_tokens\": 1000000000000}, {\"output_tokens\": 1}]}",
                "usage: the sum of output tokens must be a decimal number from 0 to 10^12");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"input_tokens\": 1, \"input_tokens\": 1}                        | usage.input_tokens",
                "{\"input_tokens\": null, \"input_tokens\": 1}                     | usage.input_tokens",
                "{\"input_tokens\": 1, \"input_tokens\": null}                     | usage.input_tokens",
                "{\"output_tokens\": 0, \"output_tokens\": 0}                      | usage.output_tokens",
                "{\"cache_creation\": {}, \"cache_creation\": {}}                  | usage.cache_creation",
                "{\"cache_creation\": null, \"cache_creation\": {\"ephemeral_5m_input_tokens\": 1}} | usage.cache_creation",
                "{\"cache_creation\": {\"ephemeral_5m_input_tokens\": 1, \"ephemeral_5m_input_tokens\": 1}}"
                        + " | ephemeral_5m_input_tokens",
                "{\"iterations\": [], \"iterations\": []}                          | usage.iterations",
                "{\"iterations\": [{\"input_tokens\": 1}], \"iterations\": null}   | usage.iterations",
                "{\"iterations\": [], \"iterations\": [{\"input_tokens\": 1}]}     | usage.iterations",
                "{\"iterations\": [{\"input_tokens\": 1, \"input_tokens\": 1}]}    | input_tokens",
                "{\"server_tool_use\": null, \"server_tool_use\": {}}                | usage.server_tool_use",
                "{\"service_tier\": \"batch\", \"service_tier\": \"standard\"}         | usage.service_tier",
                "{\"speed\": \"fast\", \"speed\": null}                              | usage.speed",
            })
    void duplicateFieldIsNamed(String usage, String field) {
        assertRejected(usage, field + " is given twice");
    }

    private static void assertRejected(String usage, String message) {
        assertThatThrownBy(() -> read(usage))
                .as(usage)
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining(message);
    }

    private static String read(String usage) throws IOException {
        return Usage.of(posted(usage).amounts()).toString();
    }

    private static PostedUsage posted(String usage) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(usage)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            PostedUsage posted = new PostedMessagesUsage().read(parser);
            assertThat(parser.currentToken()).isEqualTo(JsonToken.END_OBJECT);
            assertThat(parser.nextToken()).isNull();
            return posted;
        }
    }
}
