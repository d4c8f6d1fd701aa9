package io.usageexporter.quota;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is foreseen of a quota.
 *
 * @param at when it runs out or ran out; null unless it does
 */
public record ExhaustionForecast(Kind kind, @Nullable Instant at) {
    /** What can be foreseen. */
    public enum Kind {
        /** There is too little to say. */
        UNKNOWN,
        /** It lasts until the reset. */
        LASTS,
        /** It will run out before the reset. */
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
