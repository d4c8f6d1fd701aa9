package io.usageexporter.quota;

import io.usageexporter.totals.Hour;
import io.usageexporter.window.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts when a quota will run out. The usage of a coming hour {@code h} is forecast as {@code L e(h)}: the usual
 * usage in that hour of the week, see {@link SeasonalProfile}, times a level {@code L} of current usage relative to the
 * usual. The level starts at 1 and is adjusted twice to observed usage: first to the window so far, then to recent
 * hours, whose weight halves every sixteenth of the window. Each time
 *
 * <pre>
 *   R = sum of w y / sum of w e           observed (y) over usual (e), by weight (w)
 *   V = sum over blocks (sum of w (y - R e))² + 0.2 m sum of w² e + 0.5 m²
 *   z = (R - L) (sum of w e) / sqrt(V)
 *   L = L + (R - L) z² / (z² + 1)
 * </pre>
 *
 * so that noise, estimated by V from blocks of a 24th of the window, moves it little, and a lasting change almost all
 * the way. There is no forecast until one hour is complete and usage spans three hours, (sum of y)² / sum of y² >= 3,
 * nor further ahead than twelve times the past. A pure function.
 */
public final class Forecast {
    /** How many past hours are considered. */
    public static final int PAST_HOURS = 4 * 7 * 24;

    private static final int MIN_SPREAD_HOURS = 3;
    static final int HORIZON_FACTOR = 12;
    private static final int RECENT_HALF_LIVES = 16;
    private static final int RECENT_REACH = 6;
    private static final int BLOCKS = 24;
    private static final double SCATTER = 0.2;
    private static final double MIN_VARIANCE = 0.5;
    private static final long HOUR_MILLIS = 3_600_000;

    private final HourlyUsage usage;
    private final ZoneId zone;
    private final Instant now;
    private final long thisHour;
    private final double elapsed;
    private final SeasonalProfile profile;

    private Forecast(HourlyUsage usage, ZoneId zone, Instant now) {
        this.usage = usage;
        this.zone = zone;
        this.now = now;
        this.thisHour = Hour.number(now);
        this.elapsed = (now.toEpochMilli() - thisHour * HOUR_MILLIS) / (double) HOUR_MILLIS;
        this.profile = SeasonalProfile.of(usage, thisHour, zone);
    }

    /**
     * Fits a forecast to past usage.
     *
     * @param usage usage up to now; null if there was none
     * @return null if there is too little usage for a forecast
     */
    static @Nullable Forecast fit(@Nullable HourlyUsage usage, ZoneId zone, Instant now) {
        if (usage == null || Hour.number(now) <= usage.first()) {
            return null;
        }
        double sum = 0;
        double squares = 0;
        for (double amount : usage.amounts()) {
            sum += amount;
            squares += amount * amount;
        }
        return sum * sum < MIN_SPREAD_HOURS * squares ? null : new Forecast(usage, zone, now);
    }

    /**
     * Forecasts a quota.
     *
     * @param usage usage of the past hours to consider and of the window; null if there was none
     * @param window the window of the quota
     */
    public static ExhaustionForecast of(
            @Nullable HourlyUsage usage, ZoneId zone, Window.Span window, Instant now, Quota quota) {
        Instant from = window.startsAt();
        Instant until = window.resetsAt();
        if (quota.remaining().signum() == 0) {
            return ExhaustionForecast.ranOut(Exhaustion.of(usage, window, now, quota));
        }
        if (!now.isBefore(until)) {
            return ExhaustionForecast.LASTS;
        }
        Forecast forecast = now.isBefore(from) ? null : fit(usage, zone, now);
        return forecast == null
                ? ExhaustionForecast.UNKNOWN
                : forecast.exhaustion(from, until, quota.remaining().doubleValue());
    }

    private ExhaustionForecast exhaustion(Instant from, Instant until, double remaining) {
        Duration past = Duration.between(Instant.ofEpochMilli(usage.first() * HOUR_MILLIS), now);
        Instant horizon = now.plus(past.multipliedBy(HORIZON_FACTOR));
        Instant at = timeOfUsing(remaining, level(from, until), until);
        if (at != null && !at.isAfter(horizon)) {
            return ExhaustionForecast.runsOut(at);
        }
        return horizon.isBefore(until) ? ExhaustionForecast.UNKNOWN : ExhaustionForecast.LASTS;
    }

    /** When this much more will have been used, to the minute; null if that is not before the end. */
    private @Nullable Instant timeOfUsing(double amount, double level, Instant until) {
        double remaining = amount;
        for (long hour = thisHour; hour * HOUR_MILLIS < until.toEpochMilli(); hour++) {
            double start = hour == thisHour ? elapsed : 0;
            double coming = level * profile.expected(hour, zone) * (1 - start);
            if (coming >= remaining && coming > 0) {
                double millis = (hour + start + (1 - start) * remaining / coming) * HOUR_MILLIS;
                Instant at = Instant.ofEpochMilli((long) millis).truncatedTo(ChronoUnit.MINUTES);
                return at.isBefore(until) ? at : null;
            }
            remaining -= coming;
        }
        return null;
    }

    /** The forecast usage from now until the end of the window. */
    double expected(Instant from, Instant until) {
        double level = level(from, until);
        double sum = 0;
        for (long hour = thisHour; hour * HOUR_MILLIS < until.toEpochMilli(); hour++) {
            sum += level * profile.expected(hour, zone) * (hour == thisHour ? 1 - elapsed : 1);
        }
        return sum;
    }

    private double level(Instant from, Instant until) {
        long window = Hour.number(until) - Hour.number(from);
        long block = Math.max(1, window / BLOCKS);
        double halfLife = Math.max(1, window / (double) RECENT_HALF_LIVES);
        double soFar = adjusted(1, Hour.number(from), block, Double.POSITIVE_INFINITY);
        return adjusted(soFar, thisHour - (long) (RECENT_REACH * halfLife), block, halfLife);
    }

    /** The level adjusted to usage observed from an hour on. */
    private double adjusted(double level, long from, long block, double halfLife) {
        double observed = 0;
        double usual = 0;
        long first = Math.max(from, usage.first());
        for (long hour = first; hour <= thisHour; hour++) {
            double weight = weight(hour, halfLife);
            observed += weight * usage.at(hour);
            usual += weight * usual(hour);
        }
        if (usual <= 0) {
            return level;
        }
        double ratio = observed / usual;
        double variance = MIN_VARIANCE * profile.mean() * profile.mean();
        double inBlock = 0;
        for (long hour = first; hour <= thisHour; hour++) {
            double weight = weight(hour, halfLife);
            inBlock += weight * (usage.at(hour) - ratio * usual(hour));
            variance += SCATTER * weight * weight * usual(hour) * profile.mean();
            if ((hour - first) % block == block - 1 || hour == thisHour) {
                variance += inBlock * inBlock;
                inBlock = 0;
            }
        }
        double z = (ratio - level) * usual / Math.sqrt(variance);
        return level + (ratio - level) * z * z / (z * z + 1);
    }

    private double weight(long hour, double halfLife) {
        return Math.pow(0.5, (thisHour - hour) / halfLife);
    }

    /** The usual usage of an hour; of the current hour, of the part that has passed. */
    private double usual(long hour) {
        return profile.expected(hour, zone) * (hour == thisHour ? elapsed : 1);
    }
}
