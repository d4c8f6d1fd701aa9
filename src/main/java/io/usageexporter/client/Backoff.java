package io.usageexporter.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Delays between retries: exponential up to a maximum, with up to 50 % jitter so that clients do not all hit a restarted
 * exporter at once. Not thread-safe.
 */
final class Backoff {
    /** Limit of the delay that an exporter may request. */
    static final Duration MAX_REQUESTED = Duration.ofMinutes(5);

    private final Duration initial;
    private final Duration max;
    private final DoubleSupplier jitter;
    private Duration next;

    /** @param jitter supplies random numbers from 0 to 1 */
    public Backoff(Duration initial, Duration max, DoubleSupplier jitter) {
        this.initial = initial;
        this.max = max;
        this.jitter = jitter;
        this.next = initial;
    }

    /** The next delay. */
    public Duration next() {
        Duration delay = next;
        next = shorter(delay.multipliedBy(2), max);
        return scaled(delay, 0.5 + 0.5 * jitter.getAsDouble());
    }

    /** The next delay if the exporter requested one: slightly longer than requested, and no shorter than without. */
    public Duration next(Duration requested) {
        Duration own = next();
        Duration atLeast = scaled(shorter(requested, MAX_REQUESTED), 1 + 0.1 * jitter.getAsDouble());
        return own.compareTo(atLeast) > 0 ? own : atLeast;
    }

    /** The maximum delay, for failures that need intervention. */
    Duration nextMax() {
        next = max;
        return next();
    }

    /** Starts again from the initial delay. */
    public void reset() {
        next = initial;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration scaled(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }
}
