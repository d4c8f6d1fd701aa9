package io.usageexporter.quota;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is foreseen of a quota.
 *
 * @param at when it runs out or ran out; null unless it does
 */
public record Outlook(Kind kind, @Nullable Instant at) {
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

    static final Outlook UNKNOWN = new Outlook(Kind.UNKNOWN, null);
    static final Outlook LASTS = new Outlook(Kind.LASTS, null);

    static Outlook runsOut(Instant at) {
        return new Outlook(Kind.RUNS_OUT, at);
    }

    static Outlook ranOut(Instant at) {
        return new Outlook(Kind.RAN_OUT, at);
    }
}
