package io.usageexporter.polling;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long to leave a provider alone after a failure: twice as long each time, up to a bound, and by chance down to half
 * of it, so that many exporters do not come back at once. To be used by one thread.
 */
public final class Backoff {
    private final Duration shortest;
    private final Duration longest;
    private final DoubleSupplier chance;
    private Duration next;

    /** @param chance from 0 to 1 */
    public Backoff(Duration shortest, Duration longest, DoubleSupplier chance) {
        this.shortest = shortest;
        this.longest = longest;
        this.chance = chance;
        this.next = shortest;
    }

    /**
     * The next delay.
     *
     * @param asked for by the provider, or null: then it is a little more than asked, but never more than the bound
     */
    public Duration next(@Nullable Duration asked) {
        Duration own = scaled(next, 0.5 + 0.5 * chance.getAsDouble());
        next = shorter(next.multipliedBy(2), longest);
        if (asked == null) {
            return own;
        }
        Duration theirs = shorter(scaled(shorter(asked, longest), 1 + 0.1 * chance.getAsDouble()), longest);
        return own.compareTo(theirs) > 0 ? own : theirs;
    }

    /** Starts again after a success. */
    public void reset() {
        next = shortest;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration scaled(Duration duration, double factor) {
        return Duration.ofNanos((long) (duration.toNanos() * factor));
    }
}
