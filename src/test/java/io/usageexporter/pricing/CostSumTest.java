package io.usageexporter.pricing;

import static io.usageexporter.pricing.Prices.BUILT_IN;
import static io.usageexporter.pricing.Prices.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostSumTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-28");

    private static void add(CostSum sum, String provider, String pricing, String measure, String amount) {
        String model = provider.equals("anthropic") ? "claude-haiku-5-5" : "";
        sum.add(provider, model, Pricing.of(pricing), Measure.parse(measure), DAY, new BigDecimal(amount));
    }

    @Test
    void amountsTooSmallForACentAddUpExactly() {
        var sum = new CostSum(BUILT_IN);
        for (int i = 0; i < 1000; i++) {
            add(sum, "anthropic", "batch+us", "tokens.cache_read", "1");
        }
        // 0.01 / 1,000,000 * 0.5 * 1.1
        assertThat(sum.cost().usd()).isEqualByComparingTo("0.0000055");
    }

    @Test
    void reportedMoneyCountsAsItIsAndItsOtherAmountsNotAgain() {
        var sum = new CostSum(table("provider: apify, units: {compute_units: 0.20}"));
        add(sum, "apify", "reported", "usd", "1.25");
        add(sum, "apify", "reported", "compute_units", "10");
        add(sum, "apify", "", "compute_units", "1");

        assertThat(sum.cost().usd()).isEqualByComparingTo("1.45");
        assertThat(sum.cost().isComplete()).isTrue();
    }

    @Test
    void unpricedUsageIsListedByProviderModelAndResource() {
        var sum = new CostSum(BUILT_IN);
        add(sum, "apify", "", "compute_units", "2");
        add(sum, "apify", "", "compute_units", "0.5");
        add(sum, "anthropic", "priority", "tokens.output", "3");
        add(sum, "anthropic", "flex", "tokens.input", "4");
        add(sum, "anthropic", "", "tokens.output", "1000000");
        add(sum, "anthropic", "priority", "tokens.cache_read", "0");

        Cost cost = sum.cost();
        assertThat(cost.usd()).isEqualByComparingTo("0.5");
        assertThat(cost.unpriced())
                .containsExactly(
                        new Unpriced("anthropic", "claude-haiku-5-5", "tokens", new BigDecimal(7)),
                        new Unpriced("apify", "", "compute_units", new BigDecimal("2.5")));
    }

    @Test
    void requestsAreFreeWhereTheProviderHasOtherPrices() {
        var sum = new CostSum(table("provider: maps, units: {requests: 0.005}"));
        add(sum, "anthropic", "", "requests", "100");
        add(sum, "maps", "", "requests", "100");
        assertThat(sum.cost()).isEqualTo(new Cost(new BigDecimal("0.500"), List.of()));

        add(sum, "other", "", "requests", "100");
        assertThat(sum.cost().unpriced()).containsExactly(new Unpriced("other", "", "requests", new BigDecimal(100)));
    }

    @Test
    void nothingCostsNothing() {
        assertThat(new CostSum(BUILT_IN).cost()).isEqualTo(new Cost(BigDecimal.ZERO, List.of()));
    }
}
