package io.usageexporter.ingest;

import static io.usageexporter.ingest.BodyReaderAssertions.APIFY;
import static io.usageexporter.ingest.BodyReaderAssertions.detail;
import static io.usageexporter.ingest.BodyReaderAssertions.readJson;
import static io.usageexporter.ingest.BodyReaderAssertions.readOne;
import static io.usageexporter.ingest.BodyReaderAssertions.rejected;
import static io.usageexporter.ingest.BodyReaderAssertions.usage;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private static String with(String field, String value) {
        return "{\"provider\": \"apify\", \"usage\": {\"compute_units\": 1}, \"" + field + "\": " + value + "}";
    }

    private static String ofSize(int bytes) {
        return APIFY.replace(", ", "," + " ".repeat(bytes - APIFY.length() + 1));
    }

    private static byte[] in(String before, byte[] bytes, String after) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        all.writeBytes(bytes);
        all.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @Nested
    class ValidEvents {
        @Test
        void readsAllFields() throws Exception {
            UsageEvent event = readOne("""
                    {"id": "msg_01XF…", "provider": "anthropic", "category": "recommendations", "model": "claude-sonnet-4-5",
                     "at": "2026-11-24T09:14:00Z",
                     "usage": {"requests": 2, "tokens": {"input": 1200, "output": 800, "cache_read": 0, "cache_write_5m": 5,
                               "cache_write_1h": 6}}}
                    """);
            assertThat(event)
                    .isEqualTo(new UsageEvent(
                            "msg_01XF…",
                            "anthropic",
                            "recommendations",
                            "claude-sonnet-4-5",
                            Instant.parse("2026-11-24T09:14:00Z"),
                            Usage.of(Map.of(
                                    Measure.of("requests"),
                                    Amount.of(2),
                                    Measure.tokens(TokenKind.INPUT),
                                    Amount.of(1200),
                                    Measure.tokens(TokenKind.OUTPUT),
                                    Amount.of(800),
                                    Measure.tokens(TokenKind.CACHE_WRITE_5M),
                                    Amount.of(5),
                                    Measure.tokens(TokenKind.CACHE_WRITE_1H),
                                    Amount.of(6)))));
        }

        @Test
        void readsAnEventWithProviderAndUsageOnly() throws Exception {
            UsageEvent event = readOne("{\"provider\": \"apify\", \"usage\": {\"compute_units\": 0.0125}}");
            assertThat(event.id()).isNull();
            assertThat(event.category()).isEqualTo("uncategorized");
            assertThat(event.model()).isEmpty();
            assertThat(event.at()).isNull();
            assertThat(event.usage()).hasToString("compute_units=0.0125");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"tokens\": 5}                              | requests=1 tokens.unspecified=5",
                    "{\"tokens\": {\"unspecified\": 5}}           | requests=1 tokens.unspecified=5",
                    "{\"requests\": 0}                            | ''",
                    "{\"requests\": 3}                            | requests=3",
                    "{}                                           | requests=1",
                    "{\"tokens\": {}}                             | requests=1",
                    "{\"requests\": 0.5, \"tokens\": 1e3}         | requests=0.5 tokens.unspecified=1000",
                    "{\"tokens\": {\"input\": 1000000000000}}     | requests=1 tokens.input=1000000000000",
                    "{\"tokens\": 1e-999999999}                   | requests=1",
                    "{\"tokens\": 0e999999999}                    | requests=1",
                    "{\"tokens\": -0.0}                           | requests=1",
                    "{\"tokens\": -0}                             | requests=1",
                    "{\"tokens\": 0.0000005}                      | requests=1",
                    "{\"tokens\": 0.0000015}                      | requests=1 tokens.unspecified=0.000002",
                })
        void countsOneRequestByDefault(String usage, String read) throws Exception {
            assertThat(usage("{\"provider\": \"anthropic\", \"usage\": " + usage + "}"))
                    .isEqualTo(read);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"usage\": {\"compute_units\": 2}, \"provider\": \"apify\"}",
                    "{\"usage\": {\"compute_units\": 2}, \"id\": \"x\", \"provider\": \"apify\"}",
                    "\n\t {\"category\": \"é🤖\", \"usage\": {\"compute_units\": 2}, \"provider\": \"apify\"} \r\n",
                    "\uFEFF{\"usage\": {\"compute_units\": 2}, \"provider\": \"apify\"}",
                })
        void acceptsUsageBeforeProvider(String body) throws Exception {
            assertThat(usage(body)).isEqualTo("compute_units=2");
        }

        @Test
        void acceptsUsageBeforeProviderInABatch() throws Exception {
            assertThat(readJson(" [" + APIFY + ", {\"usage\": {\"compute_units\": 2}, \"provider\": \"apify\"},"
                            + "{\"usage\": {\"tokens\": 7}, \"provider\": \"anthropic\"}]"))
                    .extracting(event -> event.usage().toString())
                    .containsExactly("compute_units=1", "compute_units=2", "requests=1 tokens.unspecified=7");
        }

        @ParameterizedTest
        @CsvSource({
            "2026-11-24T09:15:00Z, 2026-11-24T09:15:00Z",
            "2026-11-24t09:15:00z, 2026-11-24T09:15:00Z",
            "2026-11-24T15:00:00+05:45, 2026-11-24T09:15:00Z",
            "2026-11-24T09:15:00.123456789Z, 2026-11-24T09:15:00.123Z",
            "2026-10-15T09:15:00Z, 2026-10-15T09:15:00Z",
            "2026-11-24T09:20:00Z, 2026-11-24T09:20:00Z",
        })
        void readsRfc3339Instants(String text, Instant at) throws Exception {
            assertThat(readOne(with("at", "\"" + text + "\"")).at()).isEqualTo(at);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"requests\": 3, \"input_tokens\": 10}                        | requests=3 tokens.input=10",
                    "{\"input_tokens\": 10, \"requests\": 3}                        | requests=3 tokens.input=10",
                    "{\"new\": 1, \"requests\": 3, \"input_tokens\": 10, \"n\": {}}   | requests=3 tokens.input=10",
                    "{\"requests\": 0, \"input_tokens\": 10}                        | tokens.input=10",
                })
        void countsResourcesInAVerbatimUsageObject(String usage, String counted) throws Exception {
            assertThat(usage("{\"provider\": \"anthropic\", \"usage\": " + usage + "}"))
                    .isEqualTo(counted);
            assertThat(usage("{\"usage\": " + usage + ", \"provider\": \"anthropic\"}"))
                    .isEqualTo(counted);
        }

        @Test
        void acceptsAnEmptyArray() throws Exception {
            assertThat(readJson("[]")).isEmpty();
        }

        @Test
        void skipsAByteOrderMark() throws Exception {
            assertThat(usage("\uFEFF" + APIFY)).isEqualTo("compute_units=1");
        }
    }

    @Nested
    class InvalidFields {
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

    @Nested
    class InvalidBodies {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "NaN",
                    "Infinity",
                    "-Infinity",
                    "+1",
                    "01",
                    ".5",
                    "1.",
                    "1e",
                    "0x10",
                    "1_000",
                    "undefined",
                    "'1'",
                    "1,,",
                    "nul",
                    "tru",
                    "1 2",
                })
        void namesTheFieldThatIsNotJson(String amount) {
            assertThat(detail("{\"provider\": \"apify\", \"usage\": {\"compute_units\": " + amount + "}}"))
                    .startsWith("not valid JSON at line 1, column ")
                    .contains("usage");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "\n", "\r\n\t "})
        void rejectsAnEmptyBody(String body) {
            assertThat(detail(body)).isEqualTo("the body is empty; send an event");
        }

        @Test
        void rejectsAByteOrderMarkAlone() {
            assertThat(detail("\uFEFF")).startsWith("not valid JSON");
        }

        @ParameterizedTest
        @ValueSource(strings = {"5", "\"x\"", "null", "true", "1.5"})
        void rejectsOtherJsonValues(String body) {
            assertThat(detail(body)).isEqualTo("the body must be an event object or an array");
        }

        @ParameterizedTest
        @ValueSource(strings = {" {}", " 1", "]", "}", ",", "\nNaN", "x", "\u0000", "{", APIFY})
        void rejectsContentAfterTheEvent(String rest) {
            assertThat(detail(APIFY + rest)).containsAnyOf("unexpected content after the end", "not valid JSON");
            assertThat(detail("[" + APIFY + "]" + rest))
                    .containsAnyOf("unexpected content after the end", "not valid JSON");
        }

        @Test
        void suggestsNdjsonForTwoEventsInARow() {
            assertThat(detail(APIFY + "\n" + APIFY))
                    .contains("one event per line needs Content-Type: application/x-ndjson");
        }

        @Test
        void rejectsEveryTruncatedBody() {
            String body = "{\"id\":\"x\",\"provider\":\"anthropic\",\"usage\":{\"tokens\":{\"input\":1.5e3}}}";
            for (int length = 0; length < body.length(); length++) {
                assertThat(detail(body.substring(0, length))).containsAnyOf("not valid JSON", "the body is empty");
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
        void rejectsOtherEncodings(Charset charset) {
            assertThat(detail(rejected(APIFY.getBytes(charset)))).isEqualTo("the body must be UTF-8");
        }

        @ParameterizedTest
        @ValueSource(strings = {"FEFF0000", "FFFE0000", "0000FEFF", "0000FFFE", "00", "0000", "FFFE", "FE", "FF00"})
        void rejectsOtherFirstBytes(String hex) {
            byte[] start = hex(hex);
            assertThat(detail(rejected(start))).containsAnyOf("UTF-8", "not valid JSON");
            assertThat(detail(rejected(in("", start, APIFY)))).containsAnyOf("UTF-8", "not valid JSON");
        }

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "FF",
                    "FE",
                    "80",
                    "BF",
                    "C3",
                    "C328",
                    "E28241",
                    "E282",
                    "F09FA4",
                    "F09FA441", // broken
                    "C080",
                    "C1A1",
                    "E08080",
                    "F0808080", // too long for what they say
                    "EDA080",
                    "EDB080",
                    "EDA0BDEDB8B4", // surrogates
                    "F4908080",
                    "F7BFBFBF",
                    "F888808080",
                    "FC8480808080" // beyond the last character
                })
        void namesTheFieldThatIsNotUtf8(String hex) {
            byte[] body = in(
                    "{\"provider\": \"apify\", \"category\": \"a", hex(hex), "b\", \"usage\": {\"compute_units\": 1}}");
            assertThat(detail(rejected(body))).containsAnyOf("category", "must be UTF-8");
        }

        @Test
        void rejectsLatin1() {
            assertThat(detail(rejected(with("category", "\"é\"").getBytes(StandardCharsets.ISO_8859_1))))
                    .containsAnyOf("category", "must be UTF-8");
        }
    }

    @Nested
    class Limits {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"provider\": \"apify\", \"usage\": {\"compute_units\": %s}}",
                    "{\"usage\": {\"compute_units\": %s}, \"provider\": \"apify\"}",
                    "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": %s}}",
                    "{\"provider\": \"anthropic\", \"usage\": {\"tokens\": {\"input\": %s}}}",
                    "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": 1, \"unknown\": %s}}",
                })
        void rejectsANumberOfAMillionDigitsQuickly(String body) {
            for (String number : new String[] {
                "9".repeat(1_000_000),
                "0." + "1".repeat(1_000_000),
                "-" + "1".repeat(500_000) + ".5",
                "1e" + "9".repeat(1_000_000)
            }) {
                Assertions.assertTimeoutPreemptively(
                        SOON,
                        () -> assertThat(detail(body.replace("%s", number))).contains("usage"));
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "%s",
                    "{\"provider\": \"apify\", \"usage\": {\"compute_units\": %s",
                    "{\"usage\": {\"compute_units\": %s",
                    "{\"provider\": \"apify\", \"unknown\": %s",
                    "{\"provider\": %s",
                    "[{\"id\": %s",
                    "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": 1, \"unknown\": %s",
                    "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": 1, \"iterations\": %s",
                })
        void rejectsDeepNestingQuickly(String body) {
            for (String nest : new String[] {
                "[".repeat(100_000),
                "{\"a\":".repeat(100_000),
                "[".repeat(100_000) + "]".repeat(100_000),
                "{\"iterations\":[".repeat(100_000),
            }) {
                Assertions.assertTimeoutPreemptively(
                        SOON, () -> assertThat(detail(body.replace("%s", nest))).isNotEmpty());
            }
        }

        @Test
        void limitsNestingOfIgnoredFieldsTo32() throws Exception {
            String body = "{\"provider\": \"anthropic\", \"usage\": {\"input_tokens\": 1, \"new\": %s}}";
            assertThat(usage(body.replace("%s", "[".repeat(30) + "]".repeat(30))))
                    .isEqualTo("requests=1 tokens.input=1");
            assertThat(detail(body.replace("%s", "[".repeat(31) + "]".repeat(31))))
                    .contains("in usage.new")
                    .contains("objects may nest 32 deep");
        }

        @Test
        void rejectsANameOfAMillionCharactersQuickly() {
            Assertions.assertTimeoutPreemptively(
                    SOON,
                    () -> assertThat(detail("{\"" + "x".repeat(1_000_000) + "\": 1}"))
                            .contains("a name 1000 characters")
                            .hasSizeLessThan(2000));
        }

        @Test
        void acceptsAnEventOfOneMebibyte() throws Exception {
            assertThat(readJson(ofSize(BodyReader.MAX_EVENT_BYTES))).hasSize(1);
        }

        @Test
        void largerEventIsTooLarge() {
            InvalidBodyException rejected = rejected(ofSize(BodyReader.MAX_EVENT_BYTES + 1));
            assertThat(rejected.isTooLarge()).isTrue();
            assertThat(detail(rejected)).isEqualTo("an event may have at most 1 MiB (1048576 bytes)");
        }

        @Test
        void largerEventInABatchIsTooLarge() {
            assertThat(rejected("[" + APIFY + "," + ofSize(BodyReader.MAX_EVENT_BYTES + 1) + "]")
                            .isTooLarge())
                    .isTrue();
        }

        @Test
        void largerInvalidEventIsTooLarge() {
            assertThat(rejected(ofSize(BodyReader.MAX_EVENT_BYTES + 1).replace("apify", "bogus"))
                            .isTooLarge())
                    .isTrue();
        }

        @Test
        void batchMayExceedTheLimitOfAnEvent() throws Exception {
            assertThat(readJson("[" + (ofSize(700_000) + ",").repeat(2) + APIFY + "]"))
                    .hasSize(3);
        }

        @Test
        void otherErrorsAreNotTooLarge() {
            assertThat(rejected("{}").isTooLarge()).isFalse();
        }
    }
}
