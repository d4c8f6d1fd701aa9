package io.usageexporter.pricing;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The list prices of a table beside those of another one. Prices that only this table has are not compared.
 *
 * @param compared the models that both have, as {@code provider model}
 * @param unknown the models that only the other has
 * @param differences one a line
 */
public record PriceComparison(SortedSet<String> compared, SortedSet<String> unknown, List<String> differences) {
    /** Other tables compute with binary fractions. */
    private static final MathContext SIGNIFICANT = new MathContext(9);

    private static final int DIGITS_OF_A_MILLION = 6;

    /**
     * Compares the prices of one day.
     *
     * @param today the day in the zone of a provider
     */
    public static PriceComparison of(PriceTable table, List<PublishedPrice> theirs, Function<String, LocalDate> today) {
        var compared = new TreeSet<String>();
        var unknown = new TreeSet<String>();
        var differences = new ArrayList<String>();
        for (PublishedPrice their : theirs) {
            LocalDate day = today.apply(their.provider());
            ModelPrices prices = table.of(their.provider(), their.model());
            if (!prices.hasTokenPrices(day)) {
                unknown.add(their.provider() + " " + their.model());
                continue;
            }
            compared.add(their.provider() + " " + their.model());
            String difference = difference(prices, their, day);
            if (difference != null) {
                differences.add(their.provider() + " " + their.model() + " " + difference);
            }
        }
        return new PriceComparison(compared, unknown, differences);
    }

    private static @Nullable String difference(ModelPrices prices, PublishedPrice their, LocalDate day) {
        BigDecimal over = prices.longPromptOver(day);
        if (their.over() != null && (over == null || over.compareTo(their.over()) != 0)) {
            return what(their) + ": prompts over " + (over == null ? "none" : Decimals.plain(over)) + " here, over "
                    + Decimals.plain(their.over()) + " there";
        }
        Quote quote = prices.quote(their.pricing(), their.measure(), day);
        if (quote != null
                && quote.listUsd().round(SIGNIFICANT).compareTo(their.usd().round(SIGNIFICANT)) == 0) {
            return null;
        }
        return what(their) + ": " + (quote == null ? "no price" : shown(their.measure(), quote.listUsd())) + " here, "
                + shown(their.measure(), their.usd()) + " there";
    }

    private static String what(PublishedPrice price) {
        TokenKind kind = price.measure().kind();
        return (kind == null ? price.measure().resource() : kind.label())
                + (price.pricing().isStandard() ? "" : " (" + price.pricing() + ")");
    }

    /** Per million tokens, or per unit. */
    private static String shown(Measure measure, BigDecimal usd) {
        return Decimals.plain(
                (measure.kind() == null ? usd : usd.movePointRight(DIGITS_OF_A_MILLION)).round(SIGNIFICANT));
    }
}
