package io.usageexporter.pricing;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceComparisonTest {
    private static PriceComparison compare(String model, String pricing, String measure, String usd, String day) {
        var price = new PublishedPrice(
                "anthropic", model, Pricing.of(pricing), Measure.parse(measure), new BigDecimal(usd), null);
        return PriceComparison.of(Prices.BUILT_IN, List.of(price), provider -> LocalDate.parse(day));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // A dated table that still has the rise that was cancelled.
                "claude-sonnet-5   |       | tokens.input  | 0.000003 | claude-sonnet-5 input: 2 here, 3 there",
                "claude-opus-4-6   | fast  | tokens.output | 0.00015  | claude-opus-4-6 output (fast): no price here, 150 there",
                "claude-haiku-4-5  | batch | tokens.input  | 0.000001 | claude-haiku-4-5 input (batch): 0.5 here, 1 there",
            })
    void differenceNamesModelKindAndBothPrices(
            String model, String pricing, String measure, String usd, String difference) {
        String text = pricing == null ? "" : pricing;
        assertThat(compare(model, text, measure, usd, "2026-11-28").differences())
                .containsExactly("anthropic " + difference);
    }

    @Test
    void pricesOfTheDayAreCompared() {
        assertThat(compare("claude-sonnet-5-5", "", "tokens.cache_read", "0.0000002", "2026-10-06")
                        .differences())
                .isEmpty();
        assertThat(compare("claude-sonnet-5-5", "", "tokens.cache_read", "0.0000002", "2026-10-07")
                        .differences())
                .containsExactly("anthropic claude-sonnet-5-5 cache_read: 0.1 here, 0.2 there");
    }

    @Test
    void rawBinaryFractionIsNoDifference() {
        assertThat(compare(
                                "claude-3-haiku-20240307",
                                "",
                                "tokens.cache_write_5m",
                                "3.0000000000000004e-07",
                                "2026-11-28")
                        .differences())
                .isEmpty();
    }

    @Test
    void modelWithoutAPriceHereIsNoDifference() {
        PriceComparison comparison = compare("claude-2", "", "tokens.input", "0.000008", "2026-11-28");

        assertThat(comparison.unknown()).containsExactly("anthropic claude-2");
        assertThat(comparison.compared()).isEmpty();
        assertThat(comparison.differences()).isEmpty();
    }
}
