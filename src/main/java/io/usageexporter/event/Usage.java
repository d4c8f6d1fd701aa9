package io.usageexporter.event;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * The amounts of one event, by measure. An amount of 0 is the same as none. Immutable, and equal to any other with the
 * same amounts. Its text form is such as {@code requests=1 tokens.input=1200}; the ledger holds a shorter one. Backed by arrays, since
 * hundreds of thousands may be queued.
 */
public final class Usage {
    private static final long ONE = Amount.of(1).micros();

    private final Measure[] measures;
    private final long[] micros;

    private Usage(Measure[] measures, long[] micros) {
        this.measures = measures;
        this.micros = micros;
    }

    /** The given amounts; the map is copied. */
    public static Usage of(Map<Measure, Amount> amounts) {
        var measures = new Measure[amounts.size()];
        var micros = new long[amounts.size()];
        int size = 0;
        for (Map.Entry<Measure, Amount> entry : amounts.entrySet()) {
            if (entry.getValue().micros() > 0) {
                int place = size++;
                for (; place > 0 && measures[place - 1].compareTo(entry.getKey()) > 0; place--) {
                    measures[place] = measures[place - 1];
                    micros[place] = micros[place - 1];
                }
                measures[place] = entry.getKey();
                micros[place] = entry.getValue().micros();
            }
        }
        return new Usage(Arrays.copyOf(measures, size), Arrays.copyOf(micros, size));
    }

    /** Reads what {@link #toString()} or {@link #compact()} wrote. */
    public static Usage parse(String text) {
        var amounts = new TreeMap<Measure, Amount>();
        int from = 0;
        while (from < text.length()) {
            int space = text.indexOf(' ', from);
            int end = space < 0 ? text.length() : space;
            Measure coded = MeasureCode.measure(text.charAt(from));
            int equals = coded == null ? text.indexOf('=', from) : from;
            amounts.put(
                    coded == null ? Measure.parse(text.substring(from, equals)) : coded,
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

    /** Whether every amount is 0. */
    public boolean isEmpty() {
        return measures.length == 0;
    }

    /** Whether it says what it costs. */
    public boolean hasMoney() {
        for (Measure measure : measures) {
            if (measure.resource().equals(Measure.USD)) {
                return true;
            }
        }
        return false;
    }

    /** The tokens of its prompts, in millionths. */
    public long promptMicros() {
        long sum = 0;
        for (int i = 0; i < measures.length; i++) {
            TokenKind kind = measures[i].kind();
            if (kind != null && kind.isPrompt()) {
                sum += micros[i];
            }
        }
        return sum;
    }

    /** Whether it is that of at most one request, as far as is known. */
    public boolean isOfOneRequest() {
        for (int i = 0; i < measures.length; i++) {
            if (measures[i].resource().equals(Measure.REQUESTS)) {
                return micros[i] <= ONE;
            }
        }
        return true;
    }

    /** Only the amounts of these resources. */
    public Usage only(Set<String> resources) {
        boolean all = true;
        for (Measure measure : measures) {
            all &= resources.contains(measure.resource());
        }
        if (all) {
            return this;
        }
        var kept = amounts();
        kept.keySet().removeIf(measure -> !resources.contains(measure.resource()));
        return of(kept);
    }

    /** Only the amounts of measures that the other has too. */
    Usage ofMeasuresIn(Usage other) {
        var common = amounts();
        common.keySet().retainAll(Set.of(other.measures));
        return of(common);
    }

    /** The sum of both, each amount capped at {@link Amount#MAX_MICROS}. */
    public Usage plus(Usage other) {
        var sums = amounts();
        other.forEach((measure, amount) -> sums.merge(
                measure, amount, (a, b) -> new Amount(Math.min(Amount.MAX_MICROS, a.micros() + b.micros()))));
        return of(sums);
    }

    /** Each amount minus that of another, but at least 0. */
    public Usage minusClamped(Usage other) {
        var lower = other.amounts();
        var excess = amounts();
        excess.replaceAll((measure, amount) -> {
            Amount below = lower.get(measure);
            return below == null ? amount : new Amount(Math.max(0, amount.micros() - below.micros()));
        });
        return of(excess);
    }

    /**
     * Whether both describe the same usage: equal amounts, except that one may lack money, which not every client and
     * version reports.
     */
    public boolean isSameAs(Usage other) {
        var own = amounts();
        var others = other.amounts();
        if (own.containsKey(Measure.MONEY) != others.containsKey(Measure.MONEY)) {
            own.remove(Measure.MONEY);
            others.remove(Measure.MONEY);
        }
        return own.equals(others);
    }

    private Map<Measure, Amount> amounts() {
        var amounts = new TreeMap<Measure, Amount>();
        forEach(amounts::put);
        return amounts;
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

    /** The same in few characters, for the ledger: {@code R1 I1200}. */
    public String compact() {
        return text(true);
    }

    @Override
    public String toString() {
        return text(false);
    }

    private String text(boolean isCompact) {
        var text = new StringBuilder(64);
        forEach((measure, amount) -> {
            if (text.length() > 0) {
                text.append(' ');
            }
            char code = isCompact ? MeasureCode.of(measure) : 0;
            if (code != 0) {
                text.append(code).append(amount);
                return;
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
