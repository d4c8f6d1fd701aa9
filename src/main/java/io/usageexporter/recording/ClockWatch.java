package io.usageexporter.recording;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** A clock for the recorder that logs when it was set, which moves events that name no time. Not thread-safe. */
public final class ClockWatch implements InstantSource {
    private static final Logger LOG = System.getLogger(ClockWatch.class.getName());

    /** More than slewing adds between two readings. */
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private Instant last;
    private long lastNanos;

    /** @param nanoTime a monotonic clock, such as {@code System.nanoTime} */
    public ClockWatch(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        last = clock.instant();
        lastNanos = nanoTime.getAsLong();
    }

    @Override
    public Instant instant() {
        Instant now = clock.instant();
        long nanos = nanoTime.getAsLong();
        Duration step = Duration.between(last, now).minusNanos(nanos - lastNanos);
        last = now;
        lastNanos = nanos;
        if (step.abs().compareTo(TOLERANCE) > 0) {
            LOG.log(
                    Level.WARNING,
                    "the clock {0} by {1} and is now {2}; events that name no time are recorded at that of the clock",
                    step.isNegative() ? "was set back" : "went ahead, set or after a sleep of the machine,",
                    words(step.abs()),
                    now);
        }
        return now;
    }

    private static String words(Duration step) {
        long minutes = step.plusSeconds(30).toMinutes();
        return minutes / 60 + " h " + minutes % 60 + " min";
    }
}
