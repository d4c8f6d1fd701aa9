package io.usageexporter.report;

import io.usageexporter.pricing.PriceTable;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What days cost. Remembers it for the days in memory, of which only the current ones change. Thread-safe.
 */
public final class PricedDays {
    private final PriceTable prices;
    private final Map<Day, PricedDay> known = new ConcurrentHashMap<>();
    private volatile Map<Day, Map<Series, BigDecimal>> inMemory = Map.of();

    /** @param prices in force */
    public PricedDays(PriceTable prices) {
        this.prices = prices;
    }

    PriceTable prices() {
        return prices;
    }

    /** Prices the current totals, with the days in memory. */
    public PricedTotals of(Snapshot current) {
        inMemory = current.days();
        if (known.size() > inMemory.size()) {
            known.keySet().retainAll(inMemory.keySet());
        }
        return other(current);
    }

    /** Prices totals with days from the ledger, which are not remembered. */
    PricedTotals other(Snapshot snapshot) {
        return new PricedTotals(snapshot, this);
    }

    PricedDay of(Day day, Map<Series, BigDecimal> cells) {
        PricedDay before = known.get(day);
        if (before != null && before.cells() == cells) {
            return before;
        }
        PricedDay priced = PricedDay.of(prices, day.date(), cells);
        if (inMemory.get(day) == cells) {
            known.put(day, priced);
        }
        return priced;
    }
}
