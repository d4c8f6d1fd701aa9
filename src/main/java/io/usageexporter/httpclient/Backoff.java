package io.usageexporter.httpclient;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Delays between retries: exponential up to a maximum, with up to 50 % jitter so that many clients do not all return at
 * once. Not thread-safe.
 */
public final class Backoff {
    private final Duration initial;
    private final Duration max;
    private final Duration maxRequested;
    private final DoubleSupplier jitter;
    private Duration next;

    /**
     * Starts with the initial delay.
     *
     * @param maxRequested limit of the delay that a server may request
     * @param jitter supplies random numbers from 0 to 1
     */
    public Backoff(Duration initial, Duration max, Duration maxRequested, DoubleSupplier jitter) {
        this.initial = initial;
        this.max = max;
        this.maxRequested = maxRequested;
        this.jitter = jitter;
        this.next = initial;
    }

    /**
     * The next delay.
     *
     * @param requested by the server, or null; the delay is then slightly longer, and no shorter than without
     */
    public Duration next(@Nullable Duration requested) {
        Duration own = scaled(next, 0.5 + 0.5 * jitter.getAsDouble());
        next = shorter(next.multipliedBy(2), max);
        if (requested == null) {
            return own;
        }
        Duration bounded = shorter(requested, maxRequested); // which also keeps the product in range
        Duration atLeast = shorter(scaled(bounded, 1 + 0.1 * jitter.getAsDouble()), maxRequested);
        return own.compareTo(atLeast) > 0 ? own : atLeast;
    }

    /** The maximum delay, for failures that need intervention. */
    public Duration nextMax() {
        next = max;
        return next(null);
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
