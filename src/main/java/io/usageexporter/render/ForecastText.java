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
     * @param resetsAt null if unknown
     * @return null if the quota is not forecast to run out
     */
    public static @Nullable String runningOut(
            ExhaustionForecast forecast, @Nullable Instant resetsAt, Instant now, ZoneId zone) {
        Instant at = forecast.at();
        if (at == null) {
            return null;
        }
        String when = (Humanize.isSameDay(at, now, zone) ? "at " : "on ") + Humanize.time(at, now, zone);
        if (forecast.kind() == ExhaustionForecast.Kind.RAN_OUT) {
            return "ran out " + when;
        }
        return "will run out in " + Humanize.duration(between(now, at)) + ", " + when
                + (resetsAt == null
                        ? ""
                        : ", " + Humanize.duration(Duration.between(at, resetsAt)) + " before the reset");
    }

    /** A complete sentence about any forecast. */
    public static String sentence(
            @Nullable ExhaustionForecast forecast, @Nullable Instant resetsAt, Instant now, ZoneId zone) {
        String running = forecast == null ? null : runningOut(forecast, resetsAt, now, zone);
        if (running != null) {
            return Humanize.capitalized(running) + ".";
        }
        return forecast != null && forecast.kind() == ExhaustionForecast.Kind.LASTS
                ? "Expected to last until the reset."
                : "Not enough data for a forecast.";
    }

    /** Never negative: the forecast time may lie within the current minute. */
    private static Duration between(Instant now, Instant at) {
        return at.isBefore(now) ? Duration.ZERO : Duration.between(now, at);
    }
}
