package io.usageexporter.pricing;

import static io.usageexporter.pricing.Prices.BUILT_IN;
import static io.usageexporter.pricing.Prices.perMillion;
import static io.usageexporter.pricing.Prices.perUnit;
import static io.usageexporter.pricing.Prices.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PriceTableTest {
    private static final String DAY = "2026-11-28";

    private static String input(PriceTable table, String model) {
        return perMillion(table, model, "", "input", DAY);
    }

    @Test
    void mostSpecificRowCountsInAnyOrder() {
        PriceTable table = table("""
                provider: anthropic, model: "x*", input: 1
                provider: anthropic, model: x-1-20260101, input: 4
                provider: anthropic, model: "x-1*", input: 2
                provider: anthropic, model: x-1, input: 3
                provider: anthropic, input: 9""");

        assertThat(input(table, "x-2")).isEqualTo("1");
        assertThat(input(table, "x-1-mini")).isEqualTo("2");
        assertThat(input(table, "x-1")).isEqualTo("3");
        assertThat(input(table, "x-1-20261231")).isEqualTo("3");
        assertThat(input(table, "x-1-20260101")).isEqualTo("4");
        assertThat(input(table, "y")).isEqualTo("9");
        assertThat(input(table, "")).isEqualTo("9");
    }

    @Test
    void generalRowOfTheConfigurationLeavesSpecificBuiltInOnesAlone() {
        PriceTable table = table("provider: anthropic, model: \"claude*\", input: 1");

        assertThat(input(table, "claude-opus-5-5")).isEqualTo("4");
        assertThat(input(table, "claude-opus-9")).isEqualTo("1");
    }

    @Test
    void rowOfTheConfigurationCountsBeforeABuiltInOneOfTheSameModel() {
        for (String model : new String[] {"claude-haiku-5-5", "claude-haiku-5-5*"}) {
            PriceTable table = table("provider: anthropic, model: \"" + model + "\", from: 2026-10-01, input: 7");
            assertThat(input(table, "claude-haiku-5-5")).isEqualTo("7");
            assertThat(input(table, "claude-haiku-5-5-20261007")).isEqualTo("7");
            assertThat(perMillion(table, "claude-haiku-5-5", "", "output", DAY)).isEqualTo("none");
            assertThat(table.rows())
                    .filteredOn(row -> row.model().matches("claude-haiku-5-5"))
                    .filteredOn(row -> !row.tokens().isEmpty())
                    .hasSize(1);
        }
    }

    @Test
    void builtInRowHoldsOnDaysThatTheConfigurationLeaves() {
        PriceTable table =
                table("provider: anthropic, model: claude-haiku-5-5, from: 2026-11-01, until: 2026-11-15, input: 7");

        assertThat(perMillion(table, "claude-haiku-5-5", "", "input", "2026-10-31"))
                .isEqualTo("0.1");
        assertThat(perMillion(table, "claude-haiku-5-5", "", "input", "2026-11-01"))
                .isEqualTo("7");
        assertThat(perMillion(table, "claude-haiku-5-5", "", "input", "2026-11-14"))
                .isEqualTo("7");
        assertThat(perMillion(table, "claude-haiku-5-5", "", "input", "2026-11-15"))
                .isEqualTo("0.1");
        assertThat(table.rows()).hasSize(BUILT_IN.rows().size() + 1);
    }

    @Test
    void laterBuiltInRowDoesNotEndOneOfTheConfiguration() {
        PriceTable table = table(
                "provider: anthropic, model: \"claude-sonnet-5-5*\", from: 2026-10-01, until: 2026-12-01, input: 7");

        assertThat(input(table, "claude-sonnet-5-5")).isEqualTo("7");
        assertThat(perMillion(table, "claude-sonnet-5-5", "", "input", "2026-12-01"))
                .isEqualTo("2");
    }

    @Test
    void priceOfAResourceLeavesTheTokensOfTheModelAlone() {
        PriceTable table = table("provider: anthropic, model: claude-opus-5-5, units: {web_searches: 0.02, images: 1}");

        assertThat(input(table, "claude-opus-5-5")).isEqualTo("4");
        assertThat(perUnit(table, "anthropic", "claude-opus-5-5", "", "web_searches", DAY))
                .isEqualTo("0.02");
        assertThat(perUnit(table, "anthropic", "claude-opus-5", "", "web_searches", DAY))
                .isEqualTo("0.01");
    }

    @Test
    void rowOfOneModelDoesNotReplaceThatOfAPrefix() {
        var everyDay = new Validity(null, null, null, false);
        PriceRow one = new PriceRow(
                "x", ModelPattern.of("m"), everyDay, prices("7"), Collections.emptySortedMap(), null, "", false);
        PriceRow all = new PriceRow(
                "x", ModelPattern.of("m*"), everyDay, prices("1"), Collections.emptySortedMap(), null, "", true);

        assertThat(new PriceTable(List.of(one, all)).rows()).containsExactly(one, all);
    }

    private static TokenPrices prices(String input) {
        return new TokenPrices(new TreeMap<>(Map.of(TokenKind.INPUT, new BigDecimal(input))), null, null, null, null);
    }

    @Test
    void rowsOfAModelFollowEachOtherInTime() {
        PriceTable table = table("""
                provider: anthropic, model: x, input: 3
                provider: anthropic, model: x, from: 2026-11-01, input: 2
                provider: anthropic, model: x, from: 2026-06-01, input: 4""");

        assertThat(perMillion(table, "x", "", "input", "2020-01-01")).isEqualTo("3");
        assertThat(perMillion(table, "x", "", "input", "2026-06-01")).isEqualTo("4");
        assertThat(perMillion(table, "x", "", "input", "2026-10-31")).isEqualTo("4");
        assertThat(perMillion(table, "x", "", "input", "2026-11-01")).isEqualTo("2");
    }

    @Test
    void unitsHavePricesAndAFactor() {
        PriceTable table = table("provider: apify, from: 2026-04-22, units: {compute_units: 0.20}, factor: 0.85");

        assertThat(perUnit(table, "apify", "", "", "compute_units", DAY)).isEqualTo("0.17");
        assertThat(perUnit(table, "apify", "", "", "compute_units", "2026-04-21"))
                .isEqualTo("none");
        assertThat(perUnit(table, "apify", "", "", "events", DAY)).isEqualTo("none");
    }

    @Test
    void rowWithOnlyAFactorDiscountsAllRowsWithoutOneOfTheirOwn() {
        PriceTable table = table("""
                provider: anthropic, from: 2026-11-01, factor: 0.9
                provider: anthropic, model: "claude-sonnet*", from: 2026-11-01, factor: 0.8
                provider: anthropic, model: claude-opus-5, from: 2026-11-01, input: 5, factor: 1""");

        assertThat(input(table, "claude-opus-5-5")).isEqualTo("3.6");
        assertThat(perMillion(table, "claude-opus-5-5", "batch", "input", DAY)).isEqualTo("1.8");
        assertThat(perMillion(table, "claude-opus-5-5", "", "input", "2026-10-31"))
                .isEqualTo("4");
        assertThat(input(table, "claude-sonnet-5-5")).isEqualTo("1.6");
        assertThat(input(table, "claude-opus-5")).isEqualTo("5");
        assertThat(perUnit(table, "anthropic", "", "", "web_searches", DAY)).isEqualTo("0.009");
        assertThat(input(table, "claude-opus-9")).isEqualTo("none");
    }

    @Test
    void kindOfTokensWithoutAPriceIsUnpriced() {
        assertThat(perMillion(BUILT_IN, "claude-opus-5-5", "", "unspecified", DAY))
                .isEqualTo("none");
        assertThat(perMillion(table("provider: anthropic, unspecified: 3"), "claude-opus-5-5", "", "unspecified", DAY))
                .isEqualTo("none");
        assertThat(perMillion(table("provider: anthropic, unspecified: 3"), "", "", "unspecified", DAY))
                .isEqualTo("3");
    }

    @Test
    void lengthOfAPromptMattersWhereTheRowInForceHasATier() {
        PriceTable table = table("""
                provider: anthropic, model: claude-haiku-5-5, from: 2026-11-01, input: 7
                provider: other, model: x, input: 1, long_prompt: {over: 500, input: 2}""");
        LocalDate day = LocalDate.parse(DAY);

        assertThat(table.isLong("anthropic", "claude-haiku-5-5", day, new BigDecimal(300_000)))
                .isFalse();
        assertThat(table.isLong(
                        "anthropic", "claude-haiku-5-5", LocalDate.parse("2026-10-31"), new BigDecimal(300_000)))
                .isTrue();
        assertThat(table.isLong("other", "x", day, new BigDecimal("500.000001")))
                .isTrue();
        assertThat(table.isLong("other", "x", day, new BigDecimal(500))).isFalse();
        assertThat(table.longPrompts(day))
                .extracting(each -> each.model().toString())
                .contains("x", "claude-sonnet-4-5")
                .doesNotContain("claude-haiku-5-5");
    }

    @Test
    void tablesWithTheSameRowsAreEqual() {
        String row = "provider: apify, units: {compute_units: 0.2}";
        assertThat(table(row)).isEqualTo(table(row)).hasSameHashCodeAs(table(row));
        assertThat(table(row)).isNotEqualTo(BUILT_IN);
    }
}
