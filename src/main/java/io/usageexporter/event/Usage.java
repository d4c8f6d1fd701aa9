package io.usageexporter.event;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The amounts of one event, by measure. An amount of 0 is the same as none. Immutable, and equal to any other with the
 * same amounts. Its text form, {@code requests=1 tokens.input=1200}, is what the ledger holds. Kept in arrays, since
 * hundreds of thousands of them may wait to be recorded.
 */
public final class Usage {
    private final Measure[] measures;
    private final long[] micros;

    private Usage(Measure[] measures, long[] micros) {
        this.measures = measures;
        this.micros = micros;
    }

    /** The given amounts; the map is copied. */
    public static Usage of(Map<Measure, Amount> amounts) {
        var kept = amounts.entrySet().stream()
                .filter(entry -> entry.getValue().micros() > 0)
                .sorted(Map.Entry.comparingByKey())
                .toList();
        var measures = new Measure[kept.size()];
        var micros = new long[kept.size()];
        for (int i = 0; i < measures.length; i++) {
            measures[i] = kept.get(i).getKey();
            micros[i] = kept.get(i).getValue().micros();
        }
        return new Usage(measures, micros);
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
        return of(amounts);
    }

    /** Calls back for each amount that is not 0, in the order of the measures. */
    public void forEach(BiConsumer<Measure, Amount> action) {
        for (int i = 0; i < measures.length; i++) {
            action.accept(measures[i], new Amount(micros[i]));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Usage usage
                && Arrays.equals(measures, usage.measures)
                && Arrays.equals(micros, usage.micros);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(measures) + Arrays.hashCode(micros);
    }

    @Override
    public String toString() {
        var text = new StringBuilder(64);
        forEach((measure, amount) -> {
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
