package io.usageexporter.quota;

import io.usageexporter.quota.HourlyUsage.Bounds;
import io.usageexporter.totals.Hour;
import io.usageexporter.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Computes when an exhausted quota ran out. Usage within an hour is interpolated between its first and its last event,
 * so the result is never before the first counted event, nor after now.
 */
final class Exhaustion {
    private static final long HOUR_MILLIS = 3_600_000;

    /** Relative rounding error tolerated in floating-point sums of hours. */
    private static final double ROUNDING = 1e-9;

    private final HourlyUsage usage;
    private final Window.Span window;
    private final Quota quota;

    private Exhaustion(HourlyUsage usage, Window.Span window, Quota quota) {
        this.usage = usage;
        this.window = window;
        this.quota = quota;
    }

    /**
     * When all of it was used, to the minute, but not before the first usage.
     *
     * @param usage usage of the hours of the window; null if there was none
     */
    static Instant of(@Nullable HourlyUsage usage, Window.Span window, Instant now, Quota quota) {
        if (quota.limit().signum() == 0) {
            return window.startsAt();
        }
        Instant latest = earlier(now, window.resetsAt());
        // Usage that no hour holds is of an event ahead of the clock.
        return usage == null ? latest : earlier(new Exhaustion(usage, window, quota).reached(latest), latest);
    }

    private Instant reached(Instant latest) {
        double limit = quota.limit().doubleValue();
        double remaining = limit;
        for (long hour = Hour.number(window.startsAt()); startOf(hour).isBefore(window.resetsAt()); hour++) {
            double amount = inWindow(hour);
            Bounds bounds = usage.bounds().get(hour);
            if (bounds != null && amount > 0 && amount >= remaining - limit * ROUNDING) {
                Instant first = later(bounds.first(), window.startsAt());
                Instant last = earlier(bounds.last(), latest);
                double share = Math.min(1, Math.max(0, remaining / amount));
                Instant at =
                        first.plusMillis((long) (Duration.between(first, last).toMillis() * share));
                return later(at.truncatedTo(ChronoUnit.MINUTES), first);
            }
            remaining -= amount;
        }
        return latest;
    }

    /** What an hour adds to the window; of the hour in which the window starts, only the part after the start. */
    private double inWindow(long hour) {
        Bounds bounds = usage.bounds().get(hour);
        if (bounds == null
                || bounds.last().isBefore(window.startsAt())
                || !bounds.first().isBefore(window.resetsAt())) {
            return 0;
        }
        double amount = usage.at(hour);
        return bounds.first().isBefore(window.startsAt()) ? Math.max(0, amount - beforeWindow(hour)) : amount;
    }

    /** The part of its first hour that is before the window, derived from the window's known sum. */
    private double beforeWindow(long firstHour) {
        double sum = usage.at(firstHour);
        for (long hour = firstHour + 1; startOf(hour).isBefore(window.resetsAt()); hour++) {
            sum += inWindow(hour);
        }
        return Math.max(0, sum - quota.used().doubleValue());
    }

    private static Instant startOf(long hour) {
        return Instant.ofEpochMilli(hour * HOUR_MILLIS);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
