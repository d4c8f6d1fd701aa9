package io.usageexporter.ingest;

import static io.usageexporter.ingest.BodyReaderAssertions.detail;
import static io.usageexporter.ingest.BodyReaderAssertions.usage;
import static io.usageexporter.ingest.BodyReaderAssertions.with;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidEventTest {
    @Test
    void rejectsInvalidUsageBeforeProvider() {
        assertThat(detail("{\"usage\": {\"compute_units\": -2}, \"provider\": \"apify\"}"))
                .startsWith("usage.compute_units must be");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-24",
                "2026-11-24T09:15:00",
                "2026-11-24T09:15:00+99:00",
                "2026-11-31T09:15:00Z",
                "2026-11-24T09:15:61Z",
                "1764000000",
                "2026-10-15T09:14:59.999Z",
                "2026-11-24T09:20:00.001Z",
                "+999999999-12-31T23:59:59-18:00",
                "-999999999-01-01T00:00:00+18:00",
            })
    void rejectsOtherInstants(String text) {
        assertThat(detail(with("at", "\"" + text + "\""))).startsWith("at must be ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "provider", "category", "model", "at", "usage"})
    void rejectsADuplicateField(String field) {
        String value = switch (field) {
            case "provider" -> "\"apify\"";
            case "at" -> "\"2026-11-24T09:15:00Z\"";
            case "usage" -> "{\"compute_units\": 1}";
            default -> "\"x\"";
        };
        String body = "{\"provider\": \"apify\", \"usage\": {\"compute_units\": 1}, \"" + field + "\": " + value
                + ", \"" + field + "\": " + value + "}";
        assertThat(detail(body)).isEqualTo(field + " is given twice");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"requests\": 1, \"requests\": 1}                         | usage.requests is given twice",
                "{\"tokens\": 1, \"tokens\": 1}                             | usage.tokens is given twice",
                "{\"tokens\": {\"input\": 1, \"input\": 1}}                 | usage.tokens.input is given twice",
                "{\"tokens\": {\"input\": 1}, \"tokens\": {\"input\": 1}}   | usage.tokens is given twice",
                "{\"tokens\": {\"input\": 1}, \"tokens\": {\"output\": 1}}  | usage.tokens is given twice",
                "{\"tokens\": {\"input\": 1}, \"tokens\": 2}                | usage.tokens is given twice",
                "{\"tokens\": 2, \"tokens\": {\"input\": 1}}                | usage.tokens is given twice",
                "{\"tokens\": {}, \"tokens\": {}}                           | usage.tokens is given twice",
                "{\"input_tokens\": 1, \"input_tokens\": 1}                 | usage.input_tokens is given twice",
            })
    void rejectsADuplicateFieldOfUsage(String usage, String detail) {
        assertThat(detail("{\"provider\": \"anthropic\", \"usage\": " + usage + "}"))
                .isEqualTo(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tokens\": 5, \"input_tokens\": 10}            | usage.tokens and usage.input_tokens exclude each other",
                "{\"input_tokens\": 10, \"tokens\": {\"input\": 5}} | usage.tokens and usage.input_tokens exclude each other",
                "{\"input_tokens\": 10, \"tokens\": \"x\"}          | usage.tokens must be",
                "{\"input_tokens\": 10, \"requests\": -1}           | usage.requests must be",
                "{\"input_tokens\": 1, \"requests\": 1, \"requests\": 1} | usage.requests is given twice",
            })
    void rejectsFieldsThatConflictWithAVerbatimUsageObject(String usage, String detail) {
        assertThat(detail("{\"provider\": \"anthropic\", \"usage\": " + usage + "}"))
                .startsWith(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id       | 5",
                "id       | true",
                "id       | null",
                "id       | []",
                "id       | {}",
                "provider | 5",
                "provider | null",
                "provider | [\"apify\"]",
                "category | 5",
                "category | null",
                "category | {\"name\": \"x\"}",
                "model    | 1.5",
                "model    | null",
                "model    | []",
                "at       | 1764000000",
                "at       | null",
                "at       | {}",
            })
    void rejectsTextThatIsNotAString(String field, String value) {
        assertThat(detail("{\"" + field + "\": " + value + ", \"usage\": {\"compute_units\": 1}}"))
                .isEqualTo(field + " must be a string; omit it if there is none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "5", "\"x\"", "true", "[]", "[{\"compute_units\": 1}]"})
    void rejectsUsageThatIsNotAnObject(String usage) {
        assertThat(detail("{\"provider\": \"apify\", \"usage\": " + usage + "}"))
                .isEqualTo("usage must be an object");
        assertThat(detail("{\"usage\": " + usage + ", \"provider\": \"apify\"}"))
                .isEqualTo("usage must be an object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "\"1\"",
                "\"\"",
                "true",
                "false",
                "[]",
                "[1]",
                "{}",
                "{\"value\": 1}",
                "-1",
                "-0.0000001",
                "-1e-999999999",
                "1000000000000.000001",
                "1000000000001",
                "1e13",
                "1e999999999",
                "1e2147483647",
                "1e2147483648",
                "-1e-2147483648",
                "1e9999999999999999999",
                "-1e-9999999999999999999",
                "99999999999999999999999999999999",
                "9223372036854775807",
                "9223372036854775808",
                "-9223372036854775809",
            })
    void rejectsAmountsOutOfRange(String amount) {
        assertThat(detail("{\"provider\": \"apify\", \"usage\": {\"compute_units\": " + amount + "}}"))
                .isEqualTo("usage.compute_units must be a decimal number from 0 to 10^12");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e-2147483647",
                "1e-2147483648",
                "1e-2147483649",
                "0.001e-2147483647",
                "0e-2147483648",
                "0e2147483648",
                "1e-9999999999999999999",
                "0e9999999999999999999",
                "1.5e-99999999999999999999999999999999999999999",
            })
    void acceptsHugeExponentsAsZeroOrRejectsThem(String amount) {
        String body = "{\"provider\": \"apify\", \"usage\": {\"compute_units\": " + amount + "}}";
        try {
            assertThat(usage(body)).isEmpty();
        } catch (InvalidBodyException e) {
            assertThat(e).hasMessage("usage.compute_units must be a decimal number from 0 to 10^12");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tokens\": null}                     | usage.tokens must be a decimal number from 0 to 10^12, or",
                "{\"tokens\": \"5\"}                    | usage.tokens must be a decimal number from 0 to 10^12, or",
                "{\"tokens\": [5]}                      | usage.tokens must be a decimal number from 0 to 10^12, or",
                "{\"tokens\": {\"input\": null}}        | usage.tokens.input must be a decimal number",
                "{\"tokens\": {\"input\": \"5\"}}       | usage.tokens.input must be a decimal number",
                "{\"tokens\": {\"input\": -1}}          | usage.tokens.input must be a decimal number",
                "{\"tokens\": {\"input\": {\"a\": 1}}}  | usage.tokens.input must be a decimal number",
                "{\"tokens\": {\"thinking\": 5}}        | usage.tokens.thinking is not a kind of token; allowed are input",
                "{\"token\": 5}                         | usage.token: anthropic does not count this; allowed are requests,",
                "{\"compute_units\": 5}                 | usage.compute_units: anthropic does not count this; allowed",
                "{\"\": 5}                              | usage.: anthropic does not count this; allowed are requests,",
                "{\"output_tokens\": 5}                 | usage.output_tokens: anthropic does not count this; allowed",
                "{\"input_tokens\": -5}                 | usage.input_tokens must be a whole number from 0 to 10^12",
            })
    void rejectsInvalidUsage(String usage, String detail) {
        assertThat(detail("{\"provider\": \"anthropic\", \"usage\": " + usage + "}"))
                .startsWith(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                               | provider is required; allowed are anthropic, apify",
                "{\"usage\": {\"compute_units\": 1}}              | provider is required; allowed are anthropic, apify",
                "{\"provider\": \"apify\"}                        | usage is required, such as {\"compute_units\": 1}",
                "{\"provider\": \"apify\", \"usage\": {}}         | usage must not be empty; give an amount, such as {\"compute_units\": 1}",
                "{\"provider\": \"openai\", \"usage\": {}}        | provider \"openai\" is not configured; allowed are anthropic,",
                "{\"provider\": \"\", \"usage\": {}}              | provider \"\" is not configured; allowed are anthropic, apify",
                "{\"provider\": \"Apify\", \"usage\": {}}         | provider \"Apify\" is not configured; allowed are",
                "{\"cost\": 5, \"cost\": 5}                       | unknown field \"cost\"; allowed are id, provider, category,",
                "{\"cost\": {\"id\": [1, {}]}, \"provider\": 1}   | unknown field \"cost\"; allowed are id, provider, category,",
                "{\"\": 5}                                        | unknown field \"\"; allowed are id, provider, category,",
                "{\"pricing\": \"Batch\"}                     | pricing must be parts joined by +, such as",
                "{\"pricing\": \"batch+\"}                    | pricing must be parts joined by +, such as",
                "{\"consumer\": 5}                            | consumer must be a string; omit it if there is none",
                "{\"consumer\": \"a\", \"consumer\": \"a\"}  | consumer is given twice",
                "{\"provider\": \"apify\", \"usage\": {\"input_tokens\": 5}} | usage.input_tokens: apify does not count this",
            })
    void rejectsInvalidEvents(String body, String detail) {
        assertThat(detail(body)).startsWith(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id       | \\u0000         | id must not contain control characters",
                "id       | \\ud800         | id must not contain control characters or unpaired surrogates",
                "category | a\\u001f        | category must not contain control characters",
                "category | \\udc00\\ud800  | category must not contain control characters or unpaired surrogates",
                "model    | a\\n            | model must not contain control characters",
            })
    void rejectsInvalidText(String field, String text, String detail) {
        assertThat(detail(with(field, "\"" + text + "\""))).startsWith(detail);
    }

    @ParameterizedTest
    @CsvSource({"id, 256", "category, 100", "model, 100"})
    void rejectsTextThatIsTooLong(String field, int max) {
        assertThat(detail(with(field, "\"" + "🤖".repeat(max + 1) + "\"")))
                .isEqualTo(field + " must have at most " + max + " characters but has " + (max + 1));
    }

    @Test
    void rejectsAnEmptyId() {
        assertThat(detail(with("id", "\"\""))).startsWith("id must not be empty");
    }

    @Test
    void errorMessagesContainNoControlCharactersOrLongText() {
        String detail = detail("{\"provider\": \"" + "\\u0007\\r\\n".repeat(1000) + "\", \"usage\": {}}");
        assertThat(detail).hasSizeLessThan(200).matches("\\P{Cntrl}*");
    }
}
