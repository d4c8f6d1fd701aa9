package io.usageexporter.totals;

import io.usageexporter.event.UsageEvent;

/**
 * A name that has a series of its own.
 *
 * @param since the number of the first event that counts under this name; earlier ones count as {@code other}
 */
public record Label(String provider, Dimension dimension, String name, long since) {
    /** What names past the cap count as. */
    public static final String OTHER = UsageEvent.OTHER;

    /** What the label is the name of. */
    public enum Dimension {
        CATEGORY,
        CONSUMER,
        MODEL,
        PRICING
    }
}
