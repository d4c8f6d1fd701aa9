package io.usageexporter.http;

import java.time.Duration;

/**
 * How fast a body must come: at this rate on average, apart from a grace at its beginning. One that stalls holds memory
 * that others could use.
 *
 * @param bytesPerSecond above 0
 */
record BodyPace(Duration grace, int bytesPerSecond) {
    /** Slower than any line on which batches are sent, faster than a client that means to be slow. */
    static final BodyPace DEFAULT = new BodyPace(Duration.ofSeconds(15), 16 * 1024);

    /** How long after its beginning a body of which so many bytes have come must have more, or its end. */
    long limitNanos(long bytes) {
        return grace.toNanos() + bytes * 1_000_000_000L / bytesPerSecond;
    }
}
