package io.usageexporter.window;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;

/** The kinds of windows that limits hold in. */
public enum Window {
    /** An hour of the local clock. */
    HOURLY,
    /** A calendar day. */
    DAILY,
    /** Seven days from a given day of the week on. */
    WEEKLY,
    /** A month from a given day of the month on. */
    MONTHLY,
    /** A given length of time from the first usage after the end of the last session. */
    SESSION;

    /**
     * One window.
     *
     * @param from its first day, as a date of the zone
     * @param until the day after its last
     * @param startsAt its first instant; of whole days, midnight, or the first instant after it where a clock change
     *     skips midnight
     * @param resetsAt the first instant after it
     */
    public record Span(LocalDate from, LocalDate until, Instant startsAt, Instant resetsAt) {
        /** Its last day. */
        public LocalDate to() {
            return until.minusDays(1);
        }
    }

    /** The name in JSON, in the configuration and in the {@code window} label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it is a run of whole days. */
    public boolean isOfDays() {
        return this == DAILY || this == WEEKLY || this == MONTHLY;
    }
}
