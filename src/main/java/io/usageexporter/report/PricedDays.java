package io.usageexporter.report;

import io.usageexporter.pricing.PriceTable;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.WindowPart;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What days cost, and the dates in hours and sessions. Remembers it for those in memory, of which only the current ones
 * change. Thread-safe.
 */
public final class PricedDays {
    private final PriceTable prices;
    private final Map<Record, PricedDay> known = new ConcurrentHashMap<>();
    private volatile @Nullable Snapshot inMemory;

    /** @param prices in force */
    public PricedDays(PriceTable prices) {
        this.prices = prices;
    }

    PriceTable prices() {
        return prices;
    }

    /** Prices the current totals, with the days in memory. */
    public PricedTotals of(Snapshot current) {
        inMemory = current;
        if (known.size() > current.days().size() + current.windows().parts().size()) {
            known.keySet().removeIf(key -> cells(current, key) == null);
        }
        return other(current);
    }

    /** Prices totals with days from the ledger, which are not remembered. */
    PricedTotals other(Snapshot snapshot) {
        return new PricedTotals(snapshot, this);
    }

    /** @param key the {@link Day} or {@link WindowPart} whose usage it is */
    PricedDay of(Record key, LocalDate date, Map<Series, BigDecimal> cells) {
        PricedDay before = known.get(key);
        if (before != null && before.cells() == cells) {
            return before;
        }
        PricedDay priced = PricedDay.of(prices, date, cells);
        Snapshot current = inMemory;
        if (current != null && cells(current, key) == cells) {
            known.put(key, priced);
        }
        return priced;
    }

    private static @Nullable Map<Series, BigDecimal> cells(Snapshot current, Record key) {
        return key instanceof WindowPart part
                ? current.windows().parts().get(part)
                : current.days().get(key);
    }
}
