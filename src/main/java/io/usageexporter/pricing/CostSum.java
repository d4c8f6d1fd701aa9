package io.usageexporter.pricing;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Adds up what amounts cost, exactly and without rounding, so that the order and the grouping of the amounts make no
 * difference. Not thread-safe.
 */
public final class CostSum {
    private record Key(String provider, String model, String resource) implements Comparable<Key> {
        private static final Comparator<Key> ORDER =
                Comparator.comparing(Key::provider).thenComparing(Key::model).thenComparing(Key::resource);

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    private final PriceTable prices;
    private final SortedMap<Key, BigDecimal> unpriced = new TreeMap<>();
    private BigDecimal usd = BigDecimal.ZERO;

    /** A sum of 0. */
    public CostSum(PriceTable prices) {
        this.prices = prices;
    }

    /**
     * Adds the cost of an amount.
     *
     * @param day in the provider's zone
     * @param amount at least 0
     */
    public void add(String provider, String model, Pricing pricing, Measure measure, LocalDate day, BigDecimal amount) {
        BigDecimal cost = prices.cost(provider, model, pricing, measure, day, amount);
        if (cost == null) {
            unpriced.merge(new Key(provider, model, measure.resource()), amount, BigDecimal::add);
        } else {
            usd = usd.add(cost);
        }
    }

    /** The cost of all amounts so far. */
    public Cost cost() {
        var without = new ArrayList<Unpriced>();
        unpriced.forEach(
                (key, amount) -> without.add(new Unpriced(key.provider(), key.model(), key.resource(), amount)));
        return new Cost(usd, without);
    }
}
