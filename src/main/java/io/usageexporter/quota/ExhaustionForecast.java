package io.usageexporter.quota;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The forecast for a quota.
 *
 * @param at when it will run out or ran out; null if it does not
 */
public record ExhaustionForecast(Kind kind, @Nullable Instant at) {
    /** The kinds of forecast. */
    public enum Kind {
        /** There is too little usage for a forecast. */
        UNKNOWN,
        /** It is expected to last until the reset. */
        LASTS,
        /** It is expected to run out before the reset. */
        RUNS_OUT,
        /** It is used up. */
        RAN_OUT
    }

    static final ExhaustionForecast UNKNOWN = new ExhaustionForecast(Kind.UNKNOWN, null);
    static final ExhaustionForecast LASTS = new ExhaustionForecast(Kind.LASTS, null);

    static ExhaustionForecast runsOut(Instant at) {
        return new ExhaustionForecast(Kind.RUNS_OUT, at);
    }

    static ExhaustionForecast ranOut(Instant at) {
        return new ExhaustionForecast(Kind.RAN_OUT, at);
    }
}
