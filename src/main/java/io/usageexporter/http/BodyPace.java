package io.usageexporter.http;

import java.time.Duration;

/**
 * The minimum average rate of a body after an initial grace period. A stalled body holds memory that others could use.
 *
 * @param bytesPerSecond above 0
 */
record BodyPace(Duration grace, int bytesPerSecond) {
    /** Slower than any usual network, faster than a slow-sending attack. */
    static final BodyPace DEFAULT = new BodyPace(Duration.ofSeconds(15), 16 * 1024);

    /** The time, from the start of a body, by which more than this many bytes must have arrived. */
    long limitNanos(long bytes) {
        return grace.toNanos() + bytes * 1_000_000_000L / bytesPerSecond;
    }
}
