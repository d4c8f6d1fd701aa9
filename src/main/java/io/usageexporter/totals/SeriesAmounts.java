package io.usageexporter.totals;

import io.usageexporter.event.Amount;
import java.math.BigDecimal;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Amounts by series, in a fraction of the memory of other maps, since a million of them may be kept: 16 bytes each, plus
 * the series, which should be shared. Immutable.
 */
public final class SeriesAmounts extends AbstractMap<Series, BigDecimal> {
    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    /** Marks an amount that is in {@link #others}. */
    private static final long ELSEWHERE = Long.MIN_VALUE;

    /** A hash table with linear probing, of which a quarter is free. */
    private final @Nullable Series[] series;

    private final long[] micros;

    /** Amounts that are too large for {@link #micros}, or no whole number of millionths. */
    private final Map<Series, BigDecimal> others;

    private final int size;

    private SeriesAmounts(@Nullable Series[] series, long[] micros, Map<Series, BigDecimal> others, int size) {
        this.series = series;
        this.micros = micros;
        this.others = others;
        this.size = size;
    }

    /** The same amounts. */
    public static SeriesAmounts copyOf(Map<Series, BigDecimal> amounts) {
        if (amounts instanceof SeriesAmounts same) {
            return same;
        }
        int slots = amounts.size() + amounts.size() / 3 + 1;
        var copy = new SeriesAmounts(new @Nullable Series[slots], new long[slots], new HashMap<>(), amounts.size());
        amounts.forEach((key, amount) -> {
            int slot = copy.slot(key);
            copy.series[slot] = key;
            copy.put(slot, key, amount);
        });
        return copy;
    }

    /** The same amounts but for some; those that are now 0 are left out. */
    SeriesAmounts with(Map<Series, BigDecimal> changed) {
        boolean sameSeries = changed.entrySet().stream()
                .allMatch(each -> each.getValue().signum() != 0 && series[slot(each.getKey())] != null);
        if (!sameSeries) {
            var all = new HashMap<Series, BigDecimal>(this);
            changed.forEach((key, amount) -> {
                if (amount.signum() == 0) {
                    all.remove(key);
                } else {
                    all.put(key, amount);
                }
            });
            return copyOf(all);
        }
        var copy = new SeriesAmounts(series, micros.clone(), new HashMap<>(others), size);
        changed.forEach((key, amount) -> copy.put(slot(key), key, amount));
        return copy;
    }

    private void put(int slot, Series key, BigDecimal amount) {
        micros[slot] = inMicros(amount);
        if (micros[slot] == ELSEWHERE) {
            others.put(key, amount);
        }
    }

    private static long inMicros(BigDecimal amount) {
        try {
            return amount.movePointRight(Amount.SCALE).longValueExact();
        } catch (ArithmeticException e) {
            return ELSEWHERE;
        }
    }

    /** Where a series is, or would be. */
    private int slot(Object key) {
        int slot = (int) Math.multiplyHigh((key.hashCode() * GOLDEN_RATIO) >>> 1, 2L * series.length);
        while (series[slot] != null && !key.equals(series[slot])) {
            slot = slot + 1 == series.length ? 0 : slot + 1;
        }
        return slot;
    }

    private BigDecimal amount(int slot, Series key) {
        long amount = micros[slot];
        return amount == ELSEWHERE
                ? others.getOrDefault(key, BigDecimal.ZERO)
                : BigDecimal.valueOf(amount, Amount.SCALE);
    }

    @Override
    public @Nullable BigDecimal get(@Nullable Object key) {
        if (!(key instanceof Series)) {
            return null;
        }
        int slot = slot(key);
        Series found = series[slot];
        return found == null ? null : amount(slot, found);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public void forEach(BiConsumer<? super Series, ? super BigDecimal> action) {
        for (int slot = 0; slot < series.length; slot++) {
            Series key = series[slot];
            if (key != null) {
                action.accept(key, amount(slot, key));
            }
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Set<Entry<Series, BigDecimal>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<Series, BigDecimal>> iterator() {
                return new Entries();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    private final class Entries implements Iterator<Entry<Series, BigDecimal>> {
        private int next;

        @Override
        public boolean hasNext() {
            while (next < series.length && series[next] == null) {
                next++;
            }
            return next < series.length;
        }

        @Override
        public Entry<Series, BigDecimal> next() {
            Series key = hasNext() ? series[next] : null;
            if (key == null) {
                throw new NoSuchElementException();
            }
            return Map.entry(key, amount(next++, key));
        }
    }
}
