package io.usageexporter.quota;

import io.usageexporter.quota.HourlyUse.Bounds;
import io.usageexporter.totals.Hour;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a quota that is used up ran out. Its hour is known; the use within it is taken for even between the first and
 * the last use of that hour. So the answer is never before the first use that counted, nor after now.
 */
final class Exhaustion {
    private static final long HOUR_MILLIS = 3_600_000;

    /** Sums of hours are floating point: this share of the limit may be missing from them. */
    private static final double ROUNDING = 1e-9;

    private final HourlyUse use;
    private final Window.Span window;
    private final Quota quota;

    private Exhaustion(HourlyUse use, Window.Span window, Quota quota) {
        this.use = use;
        this.window = window;
        this.quota = quota;
    }

    /**
     * When all of it was used: to the minute, or to the instant where the minute began before the use did.
     *
     * @param use of the hours of the window; null when there was none
     */
    static Instant of(@Nullable HourlyUse use, Window.Span window, Instant now, Quota quota) {
        if (quota.limit().signum() == 0) {
            return window.startsAt();
        }
        Instant latest = earlier(now, window.resetsAt());
        // What no hour holds is of an event that is ahead of the clock.
        return use == null ? latest : earlier(new Exhaustion(use, window, quota).reached(latest), latest);
    }

    private Instant reached(Instant latest) {
        double limit = quota.limit().doubleValue();
        double left = limit;
        for (long hour = Hour.number(window.startsAt()); startOf(hour).isBefore(window.resetsAt()); hour++) {
            double amount = inWindow(hour);
            Bounds bounds = use.bounds().get(hour);
            if (bounds != null && amount > 0 && amount >= left - limit * ROUNDING) {
                Instant first = later(bounds.first(), window.startsAt());
                Instant last = earlier(bounds.last(), latest);
                double share = Math.min(1, Math.max(0, left / amount));
                Instant at =
                        first.plusMillis((long) (Duration.between(first, last).toMillis() * share));
                return later(at.truncatedTo(ChronoUnit.MINUTES), first);
            }
            left -= amount;
        }
        return latest;
    }

    /** What an hour adds to the window: of the hour in which the window begins, the part that is not before it. */
    private double inWindow(long hour) {
        Bounds bounds = use.bounds().get(hour);
        if (bounds == null
                || bounds.last().isBefore(window.startsAt())
                || !bounds.first().isBefore(window.resetsAt())) {
            return 0;
        }
        double amount = use.at(hour);
        return bounds.first().isBefore(window.startsAt()) ? Math.max(0, amount - beforeWindow(hour)) : amount;
    }

    /** What its first hour holds of the window before, known as the window's own sum is. */
    private double beforeWindow(long firstHour) {
        double sum = use.at(firstHour);
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
