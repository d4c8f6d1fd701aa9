package io.usageexporter.pricing;

import static io.usageexporter.pricing.Prices.BUILT_IN;
import static io.usageexporter.pricing.Prices.perMillion;
import static io.usageexporter.pricing.Prices.perUnit;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in table, against figures copied by hand from the providers' price lists. */
class BuiltInPricesTest {
    private static final String TODAY = "2026-11-28";

    private static String all(String model, String pricing, String day) {
        return Stream.of("input", "cache_write_5m", "cache_write_1h", "cache_read", "output")
                .map(kind -> perMillion(BUILT_IN, model, pricing, kind, day))
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "claude-fable-5-2,           2026-11-09, 8 10 16 0.2 40",
        "claude-fable-5-1,           2026-09-01, 10 12.5 20 0.25 50",
        "claude-mythos-5-1,          2026-09-01, 10 12.5 20 0.25 50",
        "claude-fable-5,             2026-06-09, 10 12.5 20 1 50",
        "claude-mythos-5,            2026-06-09, 10 12.5 20 1 50",
        "claude-opus-5-5,            2026-09-22, 4 5 8 0.2 20",
        "claude-opus-5,              2026-07-24, 5 6.25 10 0.5 25",
        "claude-opus-4-8,            2026-06-01, 5 6.25 10 0.5 25",
        "claude-opus-4-7,            2026-06-01, 5 6.25 10 0.5 25",
        "claude-opus-4-6,            2026-06-01, 5 6.25 10 0.5 25",
        "claude-opus-4-5-20251101,   2026-06-01, 5 6.25 10 0.5 25",
        "claude-opus-4-1-20250805,   2026-06-01, 15 18.75 30 1.5 75",
        "claude-opus-4-20250514,     2026-06-01, 15 18.75 30 1.5 75",
        "claude-opus-4-0,            2026-06-01, 15 18.75 30 1.5 75",
        "claude-sonnet-5-5,          2026-09-28, 2 2.5 4 0.2 10",
        "claude-sonnet-5-5,          2026-10-07, 2 2.5 4 0.1 10",
        "claude-sonnet-5,            2026-06-30, 2 2.5 4 0.2 10",
        "claude-sonnet-4-6,          2026-06-01, 3 3.75 6 0.3 15",
        "claude-sonnet-4-5-20250929, 2026-06-01, 3 3.75 6 0.3 15",
        "claude-sonnet-4-20250514,   2026-06-01, 3 3.75 6 0.3 15",
        "claude-sonnet-4-0,          2026-06-01, 3 3.75 6 0.3 15",
        "claude-3-7-sonnet-20250219, 2026-06-01, 3 3.75 6 0.3 15",
        "claude-3-5-sonnet-latest,   2026-06-01, 3 3.75 6 0.3 15",
        "claude-haiku-5-5,           2026-10-07, 0.1 0.125 0.2 0.01 0.5",
        "claude-haiku-4-5-20251001,  2026-06-01, 1 1.25 2 0.1 5",
        "claude-3-5-haiku-20241022,  2026-06-01, 0.8 1 1.6 0.08 4",
        "claude-3-opus-20240229,     2026-06-01, 15 18.75 30 1.5 75",
        "claude-3-haiku-20240307,    2026-06-01, 0.25 0.3 0.5 0.03 1.25",
    })
    void modelsHaveTheirListPrices(String model, String day, String prices) {
        assertThat(all(model, "", day)).isEqualTo(prices);
        assertThat(all(model, "batch", day).split(" "))
                .extracting(BigDecimal::new)
                .usingElementComparator(BigDecimal::compareTo)
                .containsExactly(Stream.of(prices.split(" "))
                        .map(price -> new BigDecimal(price).divide(BigDecimal.valueOf(2)))
                        .toArray(BigDecimal[]::new));
    }

    @ParameterizedTest
    @CsvSource({
        "claude-fable-5-2, 2026-11-08",
        "claude-fable-5-1, 2026-08-31",
        "claude-opus-5-5,  2026-09-21",
        "claude-opus-5,    2026-07-23",
        "claude-sonnet-5,  2026-06-29",
        "claude-haiku-5-5, 2026-10-06",
    })
    void priceHoldsFromItsFirstDayOn(String model, String dayBefore) {
        assertThat(all(model, "", dayBefore)).isEqualTo("none none none none none");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-fable-5-2, 16 20 32 0.4 80",
        "claude-opus-5-5,  8 10 16 0.4 40",
        "claude-opus-5,    10 12.5 20 1 50",
        "claude-opus-4-8,  10 12.5 20 1 50",
        "claude-opus-4-7,  none none none none none",
        "claude-opus-4-6,  none none none none none",
        "claude-sonnet-5-5, none none none none none",
    })
    void fastModeHasPricesOfItsOwnOrNone(String model, String prices) {
        assertThat(all(model, "fast", TODAY)).isEqualTo(prices);
        assertThat(all(model, "batch+fast", TODAY)).isEqualTo("none none none none none");
    }

    @Test
    void fastModeOfOpus48EndsWithNovember() {
        assertThat(perMillion(BUILT_IN, "claude-opus-4-8", "fast", "output", "2026-11-30"))
                .isEqualTo("50");
        assertThat(perMillion(BUILT_IN, "claude-opus-4-8", "fast", "output", "2026-12-01"))
                .isEqualTo("none");
        assertThat(perMillion(BUILT_IN, "claude-opus-4-8", "", "output", "2026-12-01"))
                .isEqualTo("25");
        assertThat(perMillion(BUILT_IN, "claude-opus-5", "fast", "output", "2026-12-01"))
                .isEqualTo("50");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-haiku-5-5,           2026-10-07, 100000, 0.5 0.625 1 0.05 2.5",
        "claude-sonnet-4-5-20250929, 2026-11-28, 200000, 6 7.5 12 0.6 22.5",
        "claude-sonnet-4-20250514,   2026-11-28, 200000, 6 7.5 12 0.6 22.5",
        "claude-sonnet-4-6,          2026-03-12, 200000, 6 7.5 12 0.6 22.5",
        "claude-opus-4-6,            2026-03-12, 200000, 10 12.5 20 1 37.5",
    })
    void longPromptHasItsPricesForAllTokens(String model, String day, BigDecimal over, String prices) {
        assertThat(all(model, "long", day)).isEqualTo(prices);
        assertThat(BUILT_IN.isLong("anthropic", model, LocalDate.parse(day), over))
                .isFalse();
        assertThat(BUILT_IN.isLong("anthropic", model, LocalDate.parse(day), over.add(BigDecimal.ONE)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-sonnet-4-6", "claude-opus-4-6"})
    void longPromptCostsNothingMoreSinceMarch(String model) {
        LocalDate day = LocalDate.parse("2026-03-13");
        assertThat(BUILT_IN.isLong("anthropic", model, day, new BigDecimal(900_000)))
                .isFalse();
        assertThat(all(model, "long", "2026-03-13")).isEqualTo(all(model, "", "2026-03-13"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-4-5", "no-such-model", ""})
    void modelWithoutATierHasNoLongPrompts(String model) {
        assertThat(BUILT_IN.isLong("anthropic", model, LocalDate.parse(TODAY), new BigDecimal(900_000)))
                .isFalse();
        assertThat(BUILT_IN.isLong("apify", model, LocalDate.parse(TODAY), new BigDecimal(900_000)))
                .isFalse();
    }

    @Test
    void lengthsInForceAreListed() {
        assertThat(BUILT_IN.longPrompts(LocalDate.parse(TODAY)))
                .extracting(each -> each.provider() + " " + each.model() + " " + each.over())
                .containsExactly(
                        "anthropic claude-sonnet-4-5 200000",
                        "anthropic claude-sonnet-4-0 200000",
                        "anthropic claude-sonnet-4 200000",
                        "anthropic claude-haiku-5-5 100000");
        assertThat(BUILT_IN.longPrompts(LocalDate.parse("2026-03-01")))
                .extracting(each -> each.model().toString())
                .contains("claude-opus-4-6", "claude-sonnet-4-6")
                .doesNotContain("claude-haiku-5-5");
    }

    @ParameterizedTest
    @CsvSource({
        "claude-opus-4-6,   5.5",
        "claude-sonnet-4-6, 3.3",
        "claude-fable-5,    11",
        "claude-haiku-5-5,  0.11",
        "claude-opus-4-5,   none",
        "claude-haiku-4-5,  none",
        "claude-sonnet-4-5, none",
    })
    void usInferenceCostsATenthMoreFromGeneration46On(String model, String input) {
        assertThat(perMillion(BUILT_IN, model, "us", "input", TODAY)).isEqualTo(input);
    }

    @Test
    void factorsMultiply() {
        assertThat(perMillion(BUILT_IN, "claude-haiku-5-5", "batch+long+us", "output", TODAY))
                .isEqualTo("1.375");
        assertThat(perMillion(BUILT_IN, "claude-opus-5-5", "fast+us", "output", TODAY))
                .isEqualTo("44");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "batch", "us", "priority", "fast+us"})
    void webSearchesCostTheSameAtAnyPricing(String pricing) {
        assertThat(perUnit(BUILT_IN, "anthropic", "claude-opus-5", pricing, "web_searches", TODAY))
                .isEqualTo("0.01");
        assertThat(perUnit(BUILT_IN, "anthropic", "", pricing, "web_searches", TODAY))
                .isEqualTo("0.01");
    }

    @Test
    void computeUnitsHaveNoBuiltInPrice() {
        assertThat(perUnit(BUILT_IN, "apify", "", "", "compute_units", TODAY)).isEqualTo("none");
    }

    @Test
    void everyRowHasASourceAndADate() {
        assertThat(BUILT_IN.rows()).hasSizeGreaterThan(25).allSatisfy(row -> {
            assertThat(row.isBuiltIn()).isTrue();
            assertThat(row.source()).isNotEmpty();
            assertThat(row.validity().checked()).isEqualTo(TODAY);
            assertThat(row.validity().isAnnounced()).isFalse();
        });
    }
}
