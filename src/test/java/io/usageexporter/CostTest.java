package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What usage costs at the prices in force, in every view. */
class CostTest {
    private static final String LIMITS = """
            providers:
              anthropic: {limits: {daily: {usd: 20}, monthly: {usd: 400}}}
              openai: {limits: {daily: {tokens: 1000000, usd: 5}}}
            """;

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension(LIMITS);

    /** 1,000,000 input at $3, 200,000 output at $15 and 1,000,000 cache reads at $0.30 per million: $6.30. */
    private static final String SONNET = """
            {"provider": "anthropic", "category": "chat", "consumer": "growth", "model": "claude-sonnet-4-6", %s
             "usage": {"tokens": {"input": 1000000, "output": 200000, "cache_read": 1000000}}}""";

    private static String sonnet(String extra) {
        return SONNET.formatted(extra);
    }

    @Test
    void tokensCostTheirPriceInEveryView() {
        exporter.record(sonnet(""));

        JsonNode usage = exporter.usage();
        assertThat(usage.at("/used/anthropic/daily/usd").asText()).isEqualTo("6.3");
        assertThat(usage.at("/remaining/anthropic/monthly/usd").asText()).isEqualTo("393.7");
        assertThat(usage.at("/percent/anthropic/daily/usd").asText()).isEqualTo("31.5");
        assertThat(usage.at("/breakdown/anthropic/daily/chat/usd").asText()).isEqualTo("6.3");
        assertThat(usage.at("/consumers/anthropic/daily/growth/usd").asText()).isEqualTo("6.3");
        assertThat(usage.at("/unpriced/anthropic/daily").isEmpty()).isTrue();
        assertThat(exporter.text()).contains("USD: $6.30 / $20.00 (31.5%) 🟢\nRemaining: $13.70\n");
        assertThat(exporter.http().get("/usage", "Accept", "text/html").body())
                .contains("$6.30 / $20.00 used", "$13.70 left");
        assertThat(exporter.http()
                        .get("/api/usage/history", "Accept", "text/csv")
                        .body())
                .contains(",anthropic,usd,6.3,20,31.5,good,chat,6.3,,\r\n");
        assertThat(exporter.metric("api_quota_used_ratio{provider=\"anthropic\",resource=\"usd\",window=\"daily\"}"))
                .isEqualByComparingTo("0.315");
        assertThat(exporter.metric("api_price_usd{kind=\"output\",model=\"claude-sonnet-4-6\",provider=\"anthropic\"}"))
                .isEqualByComparingTo("0.000015");
        assertThat(exporter.metrics().keySet()).noneMatch(series -> series.startsWith("api_usage_usd"));
    }

    @Test
    void pricingDecidesThePrice() {
        exporter.record(sonnet("\"pricing\": \"batch\","));

        assertThat(exporter.usage().at("/used/anthropic/daily/usd").asText()).isEqualTo("3.15");
        assertThat(exporter.metric("api_price_usd{kind=\"output\",model=\"claude-sonnet-4-6\",pricing=\"batch\","
                        + "provider=\"anthropic\"}"))
                .isEqualByComparingTo("0.0000075");
    }

    @Test
    void usageWithoutAPriceMakesTheCostALowerBoundAndItsQuotaUnknown() {
        exporter.record(sonnet(""));
        exporter.record("""
                {"provider": "anthropic", "category": "new", "model": "claude-next-9",
                 "usage": {"tokens": {"input": 1200}}}""");

        JsonNode usage = exporter.usage();
        assertThat(usage.at("/used/anthropic/daily/usd").asText()).isEqualTo("6.3");
        assertThat(usage.at("/unpriced/anthropic/monthly/claude-next-9/tokens").asText())
                .isEqualTo("1200");
        assertThat(usage.at("/breakdown/anthropic/daily/new").has("usd")).isFalse();
        assertThat(exporter.text())
                .contains(
                        "USD: at least $6.30 / $20.00 (31.5%) ⚪\n",
                        "Remaining: at most $13.70\n", "Without a price: 1200 tokens of claude-next-9.\n");
        assertThat(exporter.http().get("/usage", "Accept", "text/html").body())
                .contains(
                        "at least $6.30 / $20.00 used",
                        "at most $13.70 left",
                        "1200 tokens of claude-next-9 have no price");
        assertThat(exporter.metric("api_usage_unpriced_tokens{model=\"claude-next-9\",provider=\"anthropic\"}"))
                .isEqualByComparingTo("1200");
    }

    @Test
    void moneyQuotaOverTheThresholdStaysYellowOrRedDespiteUnpricedUsage() {
        exporter.record(sonnet(""));
        exporter.record(sonnet(""));
        exporter.record("{\"provider\": \"anthropic\", \"usage\": {\"tokens\": 5}}");

        assertThat(exporter.text()).contains("USD: at least $12.60 / $20.00 (63%) 🟡\n");
    }

    @Test
    void costOfWhichNothingIsKnownIsAbsentRatherThanZero() {
        exporter.record("{\"provider\": \"openai\", \"model\": \"gpt-9\", \"usage\": {\"tokens\": {\"input\": 70}}}");

        JsonNode usage = exporter.usage();
        assertThat(usage.at("/limits/openai/daily/usd").asText()).isEqualTo("5");
        for (String tree : new String[] {"used", "remaining", "percent", "status"}) {
            assertThat(usage.at("/" + tree + "/openai/daily").has("usd"))
                    .as(tree)
                    .isFalse();
        }
        assertThat(exporter.metrics().keySet())
                .filteredOn(series -> series.contains("openai") && series.contains("usd"))
                .containsExactly("api_quota_limit{provider=\"openai\",resource=\"usd\",window=\"daily\"}");
        assertThat(exporter.text()).contains("USD: at least $0.00 / $5.00 (0%) ⚪\n");
    }

    @Test
    void correctedTableCorrectsThePastAndNoCounterFalls() throws Exception {
        exporter.clock().advance(Duration.ofDays(-3));
        exporter.record(sonnet(""));
        exporter.clock().advance(Duration.ofDays(3));
        exporter.record(sonnet(""));
        var before = exporter.metrics();
        assertThat(exporter.usage().at("/used/anthropic/monthly/usd").asText()).isEqualTo("12.6");

        Files.writeString(
                exporter.config(),
                LIMITS
                        + "prices: [{provider: anthropic, model: claude-sonnet-4-6, input: 4, output: 20, cache_read: 0}]");
        exporter.restart();

        assertThat(exporter.usage().at("/used/anthropic/monthly/usd").asText()).isEqualTo("16");
        assertThat(TestExporter.json(exporter.http()
                                .get("/api/usage/history?resource=usd")
                                .body())
                        .at("/history/anthropic/0/used/usd")
                        .asText())
                .isEqualTo("8");
        var after = exporter.metrics();
        assertThat(before).isNotEmpty();
        before.forEach((series, value) -> {
            if (series.startsWith("api_usage_") && series.contains("_total")) {
                assertThat(after.get(series)).as(series).isEqualByComparingTo(value);
            }
        });
    }

    @Test
    void eachDayHasThePriceThatHeldOnIt() throws Exception {
        Files.writeString(
                exporter.config(),
                LIMITS
                        + "prices: [{provider: openai, model: 'gpt-9*', from: 2026-11-01, input: 1},"
                        + " {provider: openai, model: 'gpt-9*', from: 2026-11-24, input: 2}]");
        exporter.restart();
        String event =
                "{\"provider\": \"openai\", \"model\": \"gpt-9\", \"usage\": {\"tokens\": {\"input\": 1000000}}}";
        exporter.clock().advance(Duration.ofDays(-1));
        exporter.record(event);
        exporter.clock().advance(Duration.ofDays(1));
        exporter.record(event);

        assertThat(exporter.usage().at("/used/openai/daily/usd").asText()).isEqualTo("2");
        assertThat(exporter.usage().at("/used/openai/monthly/usd").asText()).isEqualTo("3");
        assertThat(exporter.metric("api_price_usd{kind=\"input\",model=\"gpt-9\",provider=\"openai\"}"))
                .isEqualByComparingTo("0.000002");
    }

    @Test
    void moneyHasAForecast() {
        for (int hour = 9; hour > 0; hour--) {
            exporter.clock().advance(Duration.ofHours(-hour));
            exporter.record("""
                    {"provider": "anthropic", "model": "claude-sonnet-4-6", "usage": {"tokens": {"output": 100000}}}""");
            exporter.clock().advance(Duration.ofHours(hour));
        }

        // $1.50 an hour for 9 hours leaves $6.50 for a bit more than 4 of them.
        assertThat(exporter.usage().at("/exhausted_at/anthropic/daily/usd").asText())
                .startsWith("2026-11-24T1");
        assertThat(exporter.text()).contains("USD will run out in ");
    }
}
