package io.usageexporter.quota;

import io.usageexporter.totals.Hour;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * When will it run out? The use in a coming hour {@code h} is foreseen as {@code L e(h)}: the usual use in that hour of
 * the week, see {@link SeasonalProfile}, times a level {@code L}, which says how much more or less than usual is used now. The
 * level starts at 1 and is moved twice towards what was seen: first in the window so far, then recently, where an hour
 * weighs half as much as one a sixteenth of the window later. Each time
 *
 * <pre>
 *   R = sum of w y / sum of w e           seen (y) over usual (e), by weight (w)
 *   V = sum over blocks (sum of w (y - R e))² + 0.2 m sum of w² e + 0.5 m²
 *   z = (R - L) (sum of w e) / sqrt(V)
 *   L = L + (R - L) z² / (z² + 1)
 * </pre>
 *
 * so that chance, of which V is the measure (from blocks of a 24th of the window), moves it little, and a change that
 * goes on moves it nearly all the way. It stays silent until it has seen an hour to its end and use that is spread
 * over three hours, (sum of y)² / sum of y² >= 3; and it looks ahead twelve times as far as back. Pure: the same
 * question gets the same answer.
 */
public final class Forecast {
    /** How far back the past counts, in hours. */
    public static final int PAST_HOURS = 4 * 7 * 24;

    private static final int LEAST_SPREAD = 3;
    private static final int AHEAD_PER_BACK = 12;
    private static final int RECENT_HALF_LIVES = 16;
    private static final int RECENT_REACH = 6;
    private static final int BLOCKS = 24;
    private static final double SCATTER = 0.2;
    private static final double LEAST_VARIANCE = 0.5;
    private static final long HOUR_MILLIS = 3_600_000;

    private final HourlyUse use;
    private final ZoneId zone;
    private final Instant now;
    private final long thisHour;
    private final double elapsed;
    private final SeasonalProfile rhythm;

    private Forecast(HourlyUse use, ZoneId zone, Instant now) {
        this.use = use;
        this.zone = zone;
        this.now = now;
        this.thisHour = Hour.number(now);
        this.elapsed = (now.toEpochMilli() - thisHour * HOUR_MILLIS) / (double) HOUR_MILLIS;
        this.rhythm = SeasonalProfile.of(use, thisHour, zone);
    }

    /**
     * Learns from the past.
     *
     * @param use up to now; null when there was none
     * @return null when there is too little to say
     */
    static @Nullable Forecast learn(@Nullable HourlyUse use, ZoneId zone, Instant now) {
        if (use == null || Hour.number(now) <= use.first()) {
            return null;
        }
        double sum = 0;
        double squares = 0;
        for (double amount : use.amounts()) {
            sum += amount;
            squares += amount * amount;
        }
        return sum * sum < LEAST_SPREAD * squares ? null : new Forecast(use, zone, now);
    }

    /**
     * What is foreseen of a quota.
     *
     * @param use of the past hours of which the forecast may know, and of the window; null when there was none
     * @param window in which the quota holds
     */
    public static ExhaustionForecast outlook(
            @Nullable HourlyUse use, ZoneId zone, Window.Span window, Instant now, Quota quota) {
        Instant from = window.startsAt();
        Instant until = window.resetsAt();
        if (quota.remaining().signum() == 0) {
            return ExhaustionForecast.ranOut(Exhaustion.of(use, window, now, quota));
        }
        if (!now.isBefore(until)) {
            return ExhaustionForecast.LASTS;
        }
        Forecast forecast = now.isBefore(from) ? null : learn(use, zone, now);
        return forecast == null
                ? ExhaustionForecast.UNKNOWN
                : forecast.outlook(from, until, quota.remaining().doubleValue());
    }

    private ExhaustionForecast outlook(Instant from, Instant until, double remaining) {
        Duration seen = Duration.between(Instant.ofEpochMilli(use.first() * HOUR_MILLIS), now);
        Instant horizon = now.plus(seen.multipliedBy(AHEAD_PER_BACK));
        Instant at = reaches(remaining, level(from, until), until);
        if (at != null && !at.isAfter(horizon)) {
            return ExhaustionForecast.runsOut(at);
        }
        return horizon.isBefore(until) ? ExhaustionForecast.UNKNOWN : ExhaustionForecast.LASTS;
    }

    /** When this much more will have been used, to the minute; null when that is not before the end. */
    private @Nullable Instant reaches(double amount, double level, Instant until) {
        double left = amount;
        for (long hour = thisHour; hour * HOUR_MILLIS < until.toEpochMilli(); hour++) {
            double begin = hour == thisHour ? elapsed : 0;
            double coming = level * rhythm.expected(hour, zone) * (1 - begin);
            if (coming >= left && coming > 0) {
                double millis = (hour + begin + (1 - begin) * left / coming) * HOUR_MILLIS;
                Instant at = Instant.ofEpochMilli((long) millis).truncatedTo(ChronoUnit.MINUTES);
                return at.isBefore(until) ? at : null;
            }
            left -= coming;
        }
        return null;
    }

    /** How much is foreseen to be used from now until then; of the window that contains both. */
    double expected(Instant from, Instant until) {
        double level = level(from, until);
        double sum = 0;
        for (long hour = thisHour; hour * HOUR_MILLIS < until.toEpochMilli(); hour++) {
            sum += level * rhythm.expected(hour, zone) * (hour == thisHour ? 1 - elapsed : 1);
        }
        return sum;
    }

    private double level(Instant from, Instant until) {
        long window = Hour.number(until) - Hour.number(from);
        long block = Math.max(1, window / BLOCKS);
        double halfLife = Math.max(1, window / (double) RECENT_HALF_LIVES);
        double soFar = moved(1, Hour.number(from), block, Double.POSITIVE_INFINITY);
        return moved(soFar, thisHour - (long) (RECENT_REACH * halfLife), block, halfLife);
    }

    /** The level after what was seen from an hour on. */
    private double moved(double level, long from, long block, double halfLife) {
        double seen = 0;
        double usual = 0;
        long first = Math.max(from, use.first());
        for (long hour = first; hour <= thisHour; hour++) {
            double weight = weight(hour, halfLife);
            seen += weight * use.at(hour);
            usual += weight * usual(hour);
        }
        if (usual <= 0) {
            return level;
        }
        double ratio = seen / usual;
        double variance = LEAST_VARIANCE * rhythm.mean() * rhythm.mean();
        double inBlock = 0;
        for (long hour = first; hour <= thisHour; hour++) {
            double weight = weight(hour, halfLife);
            inBlock += weight * (use.at(hour) - ratio * usual(hour));
            variance += SCATTER * weight * weight * usual(hour) * rhythm.mean();
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

    /** The usual use in an hour, of this one in the part that has gone. */
    private double usual(long hour) {
        return rhythm.expected(hour, zone) * (hour == thisHour ? elapsed : 1);
    }
}
