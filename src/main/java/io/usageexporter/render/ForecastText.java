package io.usageexporter.render;

import io.usageexporter.quota.ExhaustionForecast;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** The forecast of a quota as a sentence. */
public final class ForecastText {
    private ForecastText() {}

    /**
     * The end of a sentence whose subject is a resource: {@code will run out in 6 h 5 min, at 21:40 UTC, 2 h 20 min
     * before the reset}.
     *
     * @return null if the quota is not forecast to run out
     */
    public static @Nullable String runningOut(ExhaustionForecast forecast, Instant resetsAt, Instant now, ZoneId zone) {
        Instant at = forecast.at();
        if (at == null) {
            return null;
        }
        String when = (Humanize.isSameDay(at, now, zone) ? "at " : "on ") + Humanize.time(at, now, zone);
        if (forecast.kind() == ExhaustionForecast.Kind.RAN_OUT) {
            return "ran out " + when;
        }
        return "will run out in " + Humanize.duration(between(now, at)) + ", " + when + ", "
                + Humanize.duration(Duration.between(at, resetsAt)) + " before the reset";
    }

    /** Never negative: the forecast time may lie within the current minute. */
    private static Duration between(Instant now, Instant at) {
        return at.isBefore(now) ? Duration.ZERO : Duration.between(now, at);
    }
}
