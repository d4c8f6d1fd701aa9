package io.usageexporter.totals;

import java.time.Instant;

/**
 * An hour of the clock, the same in every zone.
 *
 * @param number hours since 1970, UTC
 */
public record Hour(String provider, long number) {
    /** The number of the hour that contains an instant. */
    public static long number(Instant instant) {
        return Math.floorDiv(instant.getEpochSecond(), 3600L);
    }

    /** The instant at which it starts. */
    public Instant start() {
        return Instant.ofEpochSecond(number * 3600);
    }

    @Override
    public String toString() {
        return provider + " " + start();
    }
}
