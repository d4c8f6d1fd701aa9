package io.usageexporter.event;

import java.math.BigDecimal;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The amounts of one event, by measure. An amount of 0 is the same as none. Immutable, and equal to any other with the
 * same amounts. Its text form, {@code requests=1 tokens.input=1200}, is what the ledger holds.
 */
public final class Usage {
    private final SortedMap<Measure, Amount> amounts;

    private Usage(SortedMap<Measure, Amount> amounts) {
        this.amounts = amounts;
    }

    /** The given amounts; the map is copied. */
    public static Usage of(Map<Measure, Amount> amounts) {
        var kept = new TreeMap<Measure, Amount>(amounts);
        kept.values().removeIf(amount -> amount.micros() == 0);
        return new Usage(kept);
    }

    /** Reads what {@link #toString()} wrote. */
    public static Usage parse(String text) {
        var amounts = new TreeMap<Measure, Amount>();
        int from = 0;
        while (from < text.length()) {
            int space = text.indexOf(' ', from);
            int end = space < 0 ? text.length() : space;
            int equals = text.indexOf('=', from);
            amounts.put(
                    Measure.parse(text.substring(from, equals)),
                    Amount.of(new BigDecimal(text.substring(equals + 1, end))));
            from = end + 1;
        }
        return new Usage(amounts);
    }

    /** Calls back for each amount that is not 0, in the order of the measures. */
    public void forEach(BiConsumer<Measure, Amount> action) {
        amounts.forEach(action);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Usage usage && amounts.equals(usage.amounts);
    }

    @Override
    public int hashCode() {
        return amounts.hashCode();
    }

    @Override
    public String toString() {
        var text = new StringBuilder(64);
        amounts.forEach((measure, amount) -> {
            if (text.length() > 0) {
                text.append(' ');
            }
            text.append(measure.resource());
            TokenKind kind = measure.kind();
            if (kind != null) {
                text.append('.').append(kind.label());
            }
            text.append('=').append(amount);
        });
        return text.toString();
    }
}
