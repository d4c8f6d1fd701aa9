package io.usageexporter.pricing;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The days on which a price holds, in the provider's time zone.
 *
 * @param from the first day; null for all days before {@code until}
 * @param until the day after the last one; null for no end
 * @param checked when the price was last compared with its source; null if unknown
 * @param confirmed whether it holds although {@code from} lies after {@code checked}
 */
public record Validity(
        @Nullable LocalDate from,
        @Nullable LocalDate until,
        @Nullable LocalDate checked,
        boolean confirmed) {
    /** Whether the price was only announced when it was checked. Until it is confirmed, it does not hold on any day. */
    public boolean isAnnounced() {
        return !confirmed && from != null && checked != null && from.isAfter(checked);
    }

    /** Whether the price holds on this day. */
    public boolean includes(LocalDate day) {
        return !isAnnounced() && (from == null || !day.isBefore(from)) && (until == null || day.isBefore(until));
    }

    /** Whether it holds on all days of another. */
    boolean includes(Validity other) {
        return !isAnnounced()
                && (from == null || (other.from != null && !from.isAfter(other.from)))
                && (until == null || (other.until != null && !until.isBefore(other.until)));
    }
}
