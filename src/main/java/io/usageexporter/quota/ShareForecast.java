package io.usageexporter.quota;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts when a limit will be used up of which only the used share is known. The share is expected to grow as it did
 * recently: in half as long as is left until the reset, at least one hour and at most one day. Like {@link Forecast} it
 * looks no further ahead than twelve times the past. A pure function.
 */
public final class ShareForecast {
    /** How much of the past is considered. */
    public static final Duration MAX_PAST = Duration.ofDays(1);

    private static final Duration MIN_PAST = Duration.ofHours(1);

    /** The share that was used at an instant. */
    public record Point(Instant at, double share) {}

    private ShareForecast() {}

    /**
     * Forecasts when the share will reach 1.
     *
     * @param points of the current window, oldest first; at least one; the share does not fall
     * @param reset when the share starts again at 0; null if unknown
     */
    public static ExhaustionForecast of(List<Point> points, @Nullable Instant reset, Instant now) {
        double used = points.get(points.size() - 1).share();
        if (used >= 1) {
            return points.stream()
                    .filter(point -> point.share() >= 1)
                    .findFirst()
                    .map(point -> ExhaustionForecast.ranOut(point.at().truncatedTo(ChronoUnit.MINUTES)))
                    .orElseThrow();
        }
        if (reset == null) {
            return ExhaustionForecast.UNKNOWN;
        }
        Instant from = later(points.get(0).at(), now.minus(recent(Duration.between(now, reset))));
        double past = Duration.between(from, now).toMillis();
        double growth = used - shareAt(points, from);
        double left = growth > 0 ? (1 - used) / growth * past : Double.POSITIVE_INFINITY;
        double horizon = Forecast.HORIZON_FACTOR * past;
        if (left <= horizon) {
            Instant at = now.plusMillis(Math.round(left)).truncatedTo(ChronoUnit.MINUTES);
            return at.isBefore(reset) ? ExhaustionForecast.runsOut(at) : ExhaustionForecast.LASTS;
        }
        return now.plusMillis(Math.round(horizon)).isBefore(reset)
                ? ExhaustionForecast.UNKNOWN
                : ExhaustionForecast.LASTS;
    }

    private static Duration recent(Duration untilReset) {
        Duration half = untilReset.dividedBy(2);
        Duration atLeast = half.compareTo(MIN_PAST) < 0 ? MIN_PAST : half;
        return atLeast.compareTo(MAX_PAST) > 0 ? MAX_PAST : atLeast;
    }

    /** Between two points the share is taken to have grown evenly. */
    private static double shareAt(List<Point> points, Instant at) {
        Point before = points.get(0);
        for (Point point : points) {
            if (point.at().isAfter(at)) {
                double part = Duration.between(before.at(), at).toMillis()
                        / (double) Duration.between(before.at(), point.at()).toMillis();
                return before.share() + part * (point.share() - before.share());
            }
            before = point;
        }
        return before.share();
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
