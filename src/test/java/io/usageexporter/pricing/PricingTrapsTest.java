package io.usageexporter.pricing;

import static io.usageexporter.pricing.Prices.BUILT_IN;
import static io.usageexporter.pricing.Prices.perMillion;
import static io.usageexporter.pricing.Prices.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What other tools got wrong. */
class PricingTrapsTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-28");
    private static final BigDecimal MILLION = new BigDecimal(1_000_000);

    private static Cost cost(PriceTable prices, String model, String pricing, TokenKind kind, String day) {
        var sum = new CostSum(prices);
        sum.add("anthropic", model, Pricing.of(pricing), Measure.tokens(kind), LocalDate.parse(day), MILLION);
        return sum.cost();
    }

    @Test
    void changeOfAPriceLeavesThePastAlone() {
        PriceTable changed = table("provider: anthropic, model: claude-opus-5-5, from: 2026-11-01, input: 3");

        assertThat(cost(changed, "claude-opus-5-5", "", TokenKind.INPUT, "2026-10-31")
                        .usd())
                .isEqualByComparingTo("4");
        assertThat(cost(changed, "claude-opus-5-5", "", TokenKind.INPUT, "2026-11-01")
                        .usd())
                .isEqualByComparingTo("3");
    }

    @Test
    void announcedRiseDoesNotHold() {
        String rise =
                "provider: anthropic, model: claude-sonnet-5, from: 2026-09-01, input: 3, output: 15, checked: 2026-08-15";

        assertThat(perMillion(BUILT_IN, "claude-sonnet-5", "", "input", "2026-09-01"))
                .isEqualTo("2");
        assertThat(perMillion(table(rise), "claude-sonnet-5", "", "input", "2026-09-01"))
                .isEqualTo("2");
        assertThat(perMillion(table(rise), "claude-sonnet-5", "", "output", "2026-11-28"))
                .isEqualTo("10");
        assertThat(perMillion(table(rise + ", confirmed: true"), "claude-sonnet-5", "", "input", "2026-09-01"))
                .isEqualTo("3");
        assertThat(perMillion(table(rise + ", confirmed: true"), "claude-sonnet-5", "", "input", "2026-08-31"))
                .isEqualTo("2");
    }

    @Test
    void unknownModelIsUnpricedAndNotFree() {
        Cost cost = cost(BUILT_IN, "claude-opus-6", "", TokenKind.INPUT, "2026-11-28");

        assertThat(cost.isComplete()).isFalse();
        assertThat(cost.unpriced()).containsExactly(new Unpriced("anthropic", "claude-opus-6", "tokens", MILLION));
        // Not even at the price of its predecessor, whose name its own begins with.
        assertThat(cost(BUILT_IN, "claude-opus-5-9", "", TokenKind.INPUT, "2026-11-28")
                        .isComplete())
                .isFalse();
    }

    @Test
    void cacheReadIsNotInputAndAnHoursWriteIsNotOneOfFiveMinutes() {
        assertThat(cost(BUILT_IN, "claude-fable-5-1", "", TokenKind.CACHE_READ, "2026-11-28")
                        .usd())
                .isEqualByComparingTo("0.25");
        assertThat(cost(BUILT_IN, "claude-fable-5-1", "", TokenKind.CACHE_WRITE_5M, "2026-11-28")
                        .usd())
                .isEqualByComparingTo("12.5");
        assertThat(cost(BUILT_IN, "claude-fable-5-1", "", TokenKind.CACHE_WRITE_1H, "2026-11-28")
                        .usd())
                .isEqualByComparingTo("20");
    }

    @Test
    void cachePricesAreThoseOfTheRowAndNoRatioOfInput() {
        assertThat(perMillion(BUILT_IN, "claude-sonnet-5-5", "", "cache_read", "2026-11-28"))
                .isEqualTo("0.1");
        assertThat(perMillion(BUILT_IN, "claude-3-haiku-20240307", "", "cache_write_5m", "2026-11-28"))
                .isEqualTo("0.3");
        PriceTable withoutCache = table("provider: anthropic, model: new-model, input: 3, output: 15");
        assertThat(perMillion(withoutCache, "new-model", "", "cache_read", "2026-11-28"))
                .isEqualTo("none");
    }

    @Test
    void fastSpeedThatWasNotServedIsBilledAsStandard() {
        assertThat(cost(BUILT_IN, "claude-opus-5-5", "", TokenKind.OUTPUT, "2026-11-28")
                        .usd())
                .isEqualByComparingTo("20");
        assertThat(cost(BUILT_IN, "claude-opus-5-5", "fast", TokenKind.OUTPUT, "2026-11-28")
                        .usd())
                .isEqualByComparingTo("40");
    }

    @Test
    void batchCostsHalfOfEachKind() {
        for (TokenKind kind : new TokenKind[] {TokenKind.INPUT, TokenKind.OUTPUT, TokenKind.CACHE_READ}) {
            assertThat(cost(BUILT_IN, "claude-opus-5-5", "batch", kind, "2026-11-28")
                            .usd()
                            .multiply(BigDecimal.valueOf(2)))
                    .isEqualByComparingTo(cost(BUILT_IN, "claude-opus-5-5", "", kind, "2026-11-28")
                            .usd());
        }
    }

    @Test
    void correctionAppliesToThePastAndThePriceNamesItsRow() {
        PriceTable corrected = table("provider: anthropic, model: claude-opus-5-5, input: 3.5, source: our invoice");

        assertThat(cost(corrected, "claude-opus-5-5", "", TokenKind.INPUT, "2026-09-22")
                        .usd())
                .isEqualByComparingTo("3.5");
        Quote quote = Objects.requireNonNull(corrected
                .of("anthropic", "claude-opus-5-5")
                .quote(Pricing.STANDARD, Measure.tokens(TokenKind.INPUT), DAY));
        assertThat(quote.row().source()).isEqualTo("our invoice");
    }

    @Test
    void pricingWithoutAListPriceIsUnpriced() {
        for (String pricing :
                new String[] {"priority", "flex", "priority+us", "what-comes-next", "fast+what-comes-next"}) {
            Cost cost = cost(BUILT_IN, "claude-opus-5-5", pricing, TokenKind.INPUT, "2026-11-28");
            assertThat(cost.usd()).as(pricing).isZero();
            assertThat(cost.unpriced()).as(pricing).hasSize(1);
        }
    }

    @Test
    void otherProvidersAreUnpricedUntilTheOperatorGivesAPrice() {
        var unknown = new CostSum(BUILT_IN);
        unknown.add("openai", "gpt-6", Pricing.STANDARD, Measure.tokens(TokenKind.INPUT), DAY, MILLION);
        assertThat(unknown.cost().isComplete()).isFalse();

        var known = new CostSum(table("provider: openai, model: gpt-6*, from: 2026-01-01, input: 1.25"));
        known.add("openai", "gpt-6-2026-08-07", Pricing.STANDARD, Measure.tokens(TokenKind.INPUT), DAY, MILLION);
        assertThat(known.cost().usd()).isEqualByComparingTo("1.25");
        assertThat(known.cost().isComplete()).isTrue();
    }
}
