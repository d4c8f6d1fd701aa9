package io.usageexporter.totals;

import io.usageexporter.event.Decimals;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * The usage of one measure in one hour.
 *
 * @param first the instant of the earliest usage in the hour
 * @param last the instant of the latest
 */
public record HourTotal(BigDecimal units, Instant first, Instant last) {
    /** The total of a single event. */
    static HourTotal of(BigDecimal units, Instant at) {
        return new HourTotal(units, at, at);
    }

    /** The sum of both. */
    public HourTotal plus(HourTotal other) {
        return new HourTotal(
                units.add(other.units),
                first.isBefore(other.first) ? first : other.first,
                last.isAfter(other.last) ? last : other.last);
    }

    @Override
    public String toString() {
        return Decimals.plain(units) + " from " + first + " to " + last;
    }
}
