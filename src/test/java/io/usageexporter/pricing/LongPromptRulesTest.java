package io.usageexporter.pricing;

import static io.usageexporter.pricing.Prices.BUILT_IN;
import static io.usageexporter.pricing.Prices.table;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongPromptRulesTest {
    private static final List<String> MODELS = List.of(
            "",
            "claude-haiku-5-5",
            "claude-haiku-5-5-20261007",
            "claude-sonnet-4",
            "claude-sonnet-4-5",
            "claude-sonnet-4-6",
            "claude-opus-4-6-20260205",
            "claude-opus-5-5",
            "gpt-9");

    private static LongPromptRules rules(PriceTable table) {
        return table.longPromptRules("anthropic");
    }

    /** Whatever the rows in force, the rules say what the prices do. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "provider: anthropic, model: claude-haiku-5-5, from: 2026-11-01, input: 7",
                "provider: anthropic, model: claude-haiku-5-5*, input: 7, long_prompt: {over: 0.5, input: 8}",
                "provider: anthropic, model: claude-*, input: 7, long_prompt: {over: 150000, input: 8, until: 2026-11-20}",
                "provider: anthropic, model: claude-sonnet-4-5*, until: 2026-11-15, input: 1, long_prompt: {over: 5, input: 8}",
                "provider: anthropic, input: 1, long_prompt: {over: 300000, input: 8}",
                "provider: anthropic, model: claude-haiku-5-5, input: 1, from: 2026-11-29, checked: 2026-11-01",
                "provider: anthropic, factor: 0.5",
            })
    void agreeWithThePrices(String row) {
        PriceTable table = table(row);
        LongPromptRules read = LongPromptRules.parse(rules(table).toString());
        assertThat(read).isEqualTo(rules(table)).hasSameHashCodeAs(rules(table));
        for (String model : MODELS) {
            for (String date :
                    List.of("2026-03-12", "2026-03-13", "2026-10-06", "2026-10-07", "2026-11-14", "2026-11-20")) {
                LocalDate day = LocalDate.parse(date);
                BigDecimal over = table.of("anthropic", model).longPromptOver(day);
                for (String tokens :
                        List.of("0", "0.5", "0.500001", "100000", "100001", "200000", "200001", "900000")) {
                    BigDecimal prompt = new BigDecimal(tokens);
                    boolean isLong = over != null && prompt.compareTo(over) > 0;
                    assertThat(read.isLong(model, day, prompt))
                            .as("%s tokens to %s on %s", tokens, model, day)
                            .isEqualTo(isLong);
                    if (isLong) {
                        assertThat(read.mayBeLong(prompt.movePointRight(6).longValueExact()))
                                .isTrue();
                    }
                }
            }
        }
    }

    @Test
    void shortestLengthOfAllModelsBoundsWhatMayBeLong() {
        assertThat(rules(BUILT_IN).mayBeLong(100_000_000_000L)).isFalse();
        assertThat(rules(BUILT_IN).mayBeLong(100_000_000_001L)).isTrue();
        assertThat(LongPromptRules.NONE.mayBeLong(Long.MAX_VALUE)).isFalse();
        assertThat(BUILT_IN.longPromptRules("apify")).isEqualTo(LongPromptRules.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "provider: anthropic, model: claude-opus-9, input: 7",
                "provider: anthropic, model: claude-haiku-4-5, input: 7",
                "provider: anthropic, factor: 0.9",
                "provider: anthropic, units: {web_searches: 0.02}",
                "provider: apify, units: {compute_units: 0.2}",
            })
    void rowsThatChangeNoLengthLeaveThemEqual(String row) {
        assertThat(rules(table(row))).isEqualTo(rules(BUILT_IN));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "provider: anthropic, model: claude-haiku-5-5-20261007, input: 7",
                "provider: anthropic, model: claude-haiku-5-5*, from: 2026-11-01, input: 7",
                "provider: anthropic, model: claude-opus-9, input: 7, long_prompt: {over: 5, input: 8}",
            })
    void rowsThatChangeALengthMakeThemDiffer(String row) {
        assertThat(rules(table(row))).isNotEqualTo(rules(BUILT_IN));
    }

    @Test
    void textHasOneLineARule() {
        assertThat(rules(BUILT_IN).toString().lines())
                .containsExactlyInAnyOrder(
                        "claude-haiku-5-5\t2026-10-07\t\t100000\t",
                        "claude-sonnet-4-6\t\t\t200000\t2026-03-13",
                        "claude-sonnet-4-5\t\t\t200000\t",
                        "claude-sonnet-4-0\t\t\t200000\t",
                        "claude-sonnet-4\t\t\t200000\t",
                        "claude-opus-4-6\t\t\t200000\t2026-03-13");
    }
}
