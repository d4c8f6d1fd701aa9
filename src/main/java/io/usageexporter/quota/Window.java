package io.usageexporter.quota;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.Locale;

/** A calendar window of whole days in a provider's time zone. */
public enum Window {
    DAILY,
    MONTHLY;

    /** The first day of the month on which a monthly window may start. */
    public static final int MIN_RESET_DAY = 1;

    /** The last day of the month on which a monthly window may start. */
    public static final int MAX_RESET_DAY = 31;

    /**
     * One window.
     *
     * @param from its first day
     * @param until the day after its last
     * @param startsAt the instant at which {@code from} starts in the zone: midnight, or the first instant after it
     *     where a daylight-saving change skips midnight
     * @param resetsAt the instant at which {@code until} starts in the zone
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

    /**
     * The window that contains an instant.
     *
     * @param resetDay the day of the month on which a monthly window starts; in a shorter month, its last day
     */
    public Span containing(Instant instant, ZoneId zone, int resetDay) {
        return containing(LocalDate.ofInstant(instant, zone), zone, resetDay);
    }

    /** The window that contains a day. The one that contains {@code until} is the next. */
    public Span containing(LocalDate day, ZoneId zone, int resetDay) {
        LocalDate from = day;
        LocalDate until = day.plusDays(1);
        if (this == MONTHLY) {
            YearMonth month = YearMonth.from(day);
            if (day.isBefore(resetDate(month, resetDay))) {
                month = month.minusMonths(1);
            }
            from = resetDate(month, resetDay);
            until = resetDate(month.plusMonths(1), resetDay);
        }
        return new Span(
                from,
                until,
                from.atStartOfDay(zone).toInstant(),
                until.atStartOfDay(zone).toInstant());
    }

    private static LocalDate resetDate(YearMonth month, int resetDay) {
        return month.atDay(Math.min(resetDay, month.lengthOfMonth()));
    }
}
