package io.usageexporter.cli;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.pricing.Charge;
import io.usageexporter.pricing.CostSum;
import io.usageexporter.pricing.PriceRowText;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.pricing.Quote;
import io.usageexporter.totals.Series;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Explains which price rows make what a provider's usage of a day costs. */
final class CostExplanation {
    private static final String REPORTED = "reported with the usage:";
    private static final String FREE = "free, or with a reported cost:";
    private static final String UNPRICED = "without a price:";

    private final PriceTable prices;
    private final LocalDate date;
    private final CostSum sum;
    private final SortedMap<String, List<String>> amounts = new TreeMap<>();

    private CostExplanation(PriceTable prices, LocalDate date) {
        this.prices = prices;
        this.date = date;
        this.sum = new CostSum(prices);
    }

    /**
     * A paragraph: each row with the amounts that it prices, and the sum.
     *
     * @param cells the usage of the day
     */
    static List<String> of(PriceTable prices, String provider, LocalDate date, Map<Series, BigDecimal> cells) {
        var explanation = new CostExplanation(prices, date);
        byPrice(cells).forEach(explanation::add);
        var lines = new ArrayList<String>();
        var cost = explanation.sum.cost();
        lines.add(provider + " on " + date + ": " + (cost.isComplete() ? "" : "at least ") + "$"
                + Decimals.plain(cost.usd()));
        explanation.amounts.forEach((row, amounts) -> {
            lines.add("  " + row);
            amounts.forEach(amount -> lines.add("    " + amount));
        });
        return lines;
    }

    /** The cells without what makes no difference to the price. */
    private static SortedMap<Series, BigDecimal> byPrice(Map<Series, BigDecimal> cells) {
        var sums = new TreeMap<Series, BigDecimal>(Comparator.comparing(Series::model)
                .thenComparing(Series::pricing)
                .thenComparing(Series::measure));
        cells.forEach((cell, amount) -> sums.merge(
                new Series(cell.provider(), "", "", cell.model(), cell.pricing(), cell.measure()),
                amount,
                BigDecimal::add));
        return sums;
    }

    private void add(Series cell, BigDecimal amount) {
        Pricing pricing = Pricing.parse(cell.pricing());
        sum.add(cell.provider(), cell.model(), pricing, cell.measure(), date, amount);
        String what = (cell.model() + (cell.pricing().isEmpty() ? "" : " (" + cell.pricing() + ")")).strip();
        String line = (what.isEmpty() ? "" : what + " ") + cell.measure() + ": " + Decimals.plain(amount);
        Charge charge = prices.charge(cell.provider(), cell.model(), pricing, cell.measure(), date, amount);
        if (charge == null) {
            add(UNPRICED, line);
        } else if (cell.measure().equals(Measure.MONEY)) {
            add(REPORTED, line);
        } else if (charge.usd().signum() == 0 || charge.quote() == null) {
            add(FREE, line);
        } else {
            Quote quote = charge.quote();
            add(rows(quote), line + " at $" + Decimals.plain(quote.usd()) + " = $" + Decimals.plain(charge.usd()));
        }
    }

    private void add(String row, String line) {
        amounts.computeIfAbsent(row, absent -> new ArrayList<>()).add(line);
    }

    private static String rows(Quote quote) {
        return PriceRowText.of(quote.row()) + discount(quote);
    }

    private static String discount(Quote quote) {
        return quote.discount() == null || quote.discount().equals(quote.row())
                ? ""
                : "\n  with the discount " + PriceRowText.of(quote.discount());
    }
}
