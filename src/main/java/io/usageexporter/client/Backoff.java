package io.usageexporter.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to rest before the next try: twice as long each time, up to a bound, and by chance down to half of it, so that
 * an exporter that comes back is not met by all its clients at once. To be used by one thread.
 */
final class Backoff {
    /** As long as an exporter may ask for. */
    static final Duration MOST_ASKED = Duration.ofMinutes(5);

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

    /** The next rest. */
    public Duration next() {
        Duration rest = next;
        next = shorter(rest.multipliedBy(2), longest);
        return scaled(rest, 0.5 + 0.5 * chance.getAsDouble());
    }

    /** The next rest, when the exporter asked for one: a little more than asked, and not less than otherwise. */
    public Duration next(Duration asked) {
        Duration own = next();
        Duration theirs = scaled(shorter(asked, MOST_ASKED), 1 + 0.1 * chance.getAsDouble());
        return own.compareTo(theirs) > 0 ? own : theirs;
    }

    /** The longest rest, for what only somebody can mend. */
    Duration slow() {
        next = longest;
        return next();
    }

    /** Starts anew: the last try went well, or somebody is in a hurry. */
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
