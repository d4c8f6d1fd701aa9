package io.usageexporter.polling;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Delays after failures: exponential up to a maximum, with up to 50 % jitter so that many exporters do not all come back
 * at once. Not thread-safe.
 */
public final class Backoff {
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

    /**
     * The next delay.
     *
     * @param asked for by the provider, or null: then it is a little more than asked, but never more than the bound
     */
    public Duration next(@Nullable Duration asked) {
        Duration own = scaled(next, 0.5 + 0.5 * jitter.getAsDouble());
        next = shorter(next.multipliedBy(2), max);
        if (asked == null) {
            return own;
        }
        Duration theirs = shorter(scaled(shorter(asked, max), 1 + 0.1 * jitter.getAsDouble()), max);
        return own.compareTo(theirs) > 0 ? own : theirs;
    }

    /** Starts again after a success. */
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
