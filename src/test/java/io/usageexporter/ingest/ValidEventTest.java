package io.usageexporter.ingest;

import static io.usageexporter.ingest.BodyReaderAssertions.APIFY;
import static io.usageexporter.ingest.BodyReaderAssertions.readJson;
import static io.usageexporter.ingest.BodyReaderAssertions.readLines;
import static io.usageexporter.ingest.BodyReaderAssertions.readOne;
import static io.usageexporter.ingest.BodyReaderAssertions.usage;
import static io.usageexporter.ingest.BodyReaderAssertions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidEventTest {
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
    void readsConsumerAndPricing() throws Exception {
        UsageEvent event = readOne(
                "{\"provider\": \"apify\", \"consumer\": \"growth\", \"pricing\": \"us+batch\", \"usage\": {\"compute_units\": 1}}");
        assertThat(event.consumer()).isEqualTo("growth");
        assertThat(event.pricing()).hasToString("batch+us");
    }

    @Test
    void readsAnEventWithProviderAndUsageOnly() throws Exception {
        UsageEvent event = readOne("{\"provider\": \"apify\", \"usage\": {\"compute_units\": 0.0125}}");
        assertThat(event.id()).isNull();
        assertThat(event.category()).isEqualTo("uncategorized");
        assertThat(event.model()).isEmpty();
        assertThat(event.consumer()).isEmpty();
        assertThat(event.pricing()).isEqualTo(Pricing.STANDARD);
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                           | {\"input_tokens\": 1, \"service_tier\": \"batch\", \"inference_geo\": \"us\"} | batch+us",
                "                           | {\"tokens\": 1}                                       | ''",
                ", \"pricing\": \"fast\"      | {\"input_tokens\": 1, \"service_tier\": \"batch\"}           | fast",
                ", \"pricing\": \"\"          | {\"input_tokens\": 1, \"service_tier\": \"batch\"}           | ''",
            })
    void pricingOfAVerbatimUsageObjectCountsUnlessTheEventNamesOne(@Nullable String field, String usage, String pricing)
            throws Exception {
        String given = field == null ? "" : field;
        assertThat(readOne("{\"provider\": \"anthropic\"" + given + ", \"usage\": " + usage + "}")
                        .pricing()
                        .text())
                .isEqualTo(pricing);
        assertThat(readLines("{\"usage\": " + usage + given + ", \"provider\": \"anthropic\"}"))
                .extracting(event -> event.pricing().text())
                .containsExactly(pricing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"input_tokens\": 1, \"server_tool_use\": {\"web_search_requests\": 2}} | requests=1 tokens.input=1 web_searches=2",
                "{\"web_searches\": 5, \"input_tokens\": 1, \"server_tool_use\": {\"web_search_requests\": 2}}"
                        + " | requests=1 tokens.input=1 web_searches=5",
                "{\"web_searches\": 5} | requests=1 web_searches=5",
            })
    void countsWebSearchesOfAnthropicWithoutConfiguration(String usage, String counted) throws Exception {
        assertThat(usage("{\"provider\": \"anthropic\", \"usage\": " + usage + "}"))
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
