package io.usageexporter.totals;

import io.usageexporter.event.Amount;
import java.math.BigDecimal;
import java.time.Instant;

/** Adds up the amounts of one measure in one hour, most of them without creating an object. Not thread-safe. */
final class RunningTotal {
    private BigDecimal units = BigDecimal.ZERO;
    private long micros;
    private Instant first;
    private Instant last;

    /** Nothing yet. */
    RunningTotal(Instant at) {
        first = at;
        last = at;
    }

    void add(Amount amount, Instant at) {
        if (micros > Long.MAX_VALUE - amount.micros()) {
            units = units();
            micros = 0;
        }
        micros += amount.micros();
        if (at.isBefore(first)) {
            first = at;
        } else if (at.isAfter(last)) {
            last = at;
        }
    }

    private BigDecimal units() {
        return units.add(BigDecimal.valueOf(micros, Amount.SCALE));
    }

    HourTotal total() {
        return new HourTotal(units(), first, last);
    }
}
