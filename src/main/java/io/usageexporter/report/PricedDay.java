package io.usageexporter.report;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.SeriesAmounts;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The usage of a day and what it costs. Immutable.
 *
 * @param cells the usage, with the money that was recorded
 * @param usd the exact cost of the tokens and units that have a price, by series of money; never 0
 * @param unpriced the tokens and units that have none
 */
record PricedDay(Map<Series, BigDecimal> cells, Map<Series, BigDecimal> usd, Map<Series, BigDecimal> unpriced) {

    static PricedDay of(PriceTable prices, LocalDate date, Map<Series, BigDecimal> cells) {
        var usd = new HashMap<Series, BigDecimal>();
        var unpriced = new HashMap<Series, BigDecimal>();
        cells.forEach((cell, amount) -> {
            if (cell.measure().equals(Measure.MONEY)) {
                return;
            }
            BigDecimal cost = cost(prices, date, cell, amount);
            if (cost == null) {
                unpriced.put(cell, amount);
            } else if (cost.signum() > 0) {
                usd.merge(cell.of(Measure.MONEY), cost, BigDecimal::add);
            }
        });
        return new PricedDay(cells, Map.copyOf(usd), SeriesAmounts.copyOf(unpriced));
    }

    private static @Nullable BigDecimal cost(PriceTable prices, LocalDate date, Series cell, BigDecimal amount) {
        return prices.cost(cell.provider(), cell.model(), Pricing.parse(cell.pricing()), cell.measure(), date, amount);
    }

    /** Calls back for every cell, then for what they cost. */
    void forEachCell(BiConsumer<Series, BigDecimal> action) {
        cells.forEach(action);
        usd.forEach(action);
    }

    /** What a unit of each measure costs on average, as a floating-point number. */
    Map<Measure, Double> usdPerUnit(PriceTable prices, LocalDate date) {
        var costs = new HashMap<Measure, Double>();
        var amounts = new HashMap<Measure, Double>();
        cells.forEach((cell, amount) -> {
            BigDecimal cost = cost(prices, date, cell, amount);
            costs.merge(cell.measure(), cost == null ? 0 : cost.doubleValue(), Double::sum);
            amounts.merge(cell.measure(), amount.doubleValue(), Double::sum);
        });
        amounts.forEach(
                (measure, amount) -> costs.computeIfPresent(measure, (each, cost) -> cost == 0 ? 0 : cost / amount));
        return costs;
    }
}
