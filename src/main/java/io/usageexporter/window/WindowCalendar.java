package io.usageexporter.window;

import io.usageexporter.window.Window.Span;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * When a provider's windows begin.
 *
 * @param zone of its clock
 * @param weekStart the day of the week on which a weekly window starts
 * @param resetDay the day of the month on which a monthly window starts; in a shorter month, its last day
 * @param sessionLength how long a session lasts, unless it was opened late and the next began earlier
 */
public record WindowCalendar(ZoneId zone, DayOfWeek weekStart, int resetDay, Duration sessionLength) {
    /** The first day of the month on which a monthly window may start. */
    public static final int MIN_RESET_DAY = 1;

    /** The last day of the month on which a monthly window may start. */
    public static final int MAX_RESET_DAY = 31;

    /** The length of sessions where none is given. */
    public static final Duration DEFAULT_SESSION_LENGTH = Duration.ofHours(5);

    private static final Duration HOUR = Duration.ofHours(1);

    /** The calendar of a zone with months from this day on, and all else by default. */
    public static WindowCalendar of(ZoneId zone, int resetDay) {
        return new WindowCalendar(zone, DayOfWeek.MONDAY, resetDay, DEFAULT_SESSION_LENGTH);
    }

    /** The same calendar with months from this day on. */
    public WindowCalendar withResetDay(int day) {
        return new WindowCalendar(zone, weekStart, day, sessionLength);
    }

    /**
     * The window that contains an instant.
     *
     * @param window any but a session, which depends on usage
     */
    public Span containing(Window window, Instant instant) {
        return window == Window.HOURLY ? hour(instant) : containing(window, LocalDate.ofInstant(instant, zone));
    }

    /**
     * The window that contains a day. The one that contains {@code until} is the next.
     *
     * @param window of whole days
     */
    public Span containing(Window window, LocalDate day) {
        return switch (window) {
            case DAILY -> days(day, day.plusDays(1));
            case WEEKLY -> {
                LocalDate from = day.with(TemporalAdjusters.previousOrSame(weekStart));
                yield days(from, from.plusWeeks(1));
            }
            case MONTHLY -> {
                YearMonth month = YearMonth.from(day);
                YearMonth first = day.isBefore(resetDate(month)) ? month.minusMonths(1) : month;
                yield days(resetDate(first), resetDate(first.plusMonths(1)));
            }
            case HOURLY, SESSION ->
                throw new IllegalArgumentException("no " + window.label() + " window contains a day");
        };
    }

    private LocalDate resetDate(YearMonth month) {
        return month.atDay(Math.min(resetDay, month.lengthOfMonth()));
    }

    private Span days(LocalDate from, LocalDate until) {
        return new Span(
                from,
                until,
                from.atStartOfDay(zone).toInstant(),
                until.atStartOfDay(zone).toInstant());
    }

    /** From one full hour of the local clock to the next, or to a clock change; an hour that is repeated is two. */
    private Span hour(Instant instant) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(instant);
        long intoHour = Math.floorMod(instant.getEpochSecond() + offset.getTotalSeconds(), HOUR.toSeconds());
        Instant start = Instant.ofEpochSecond(instant.getEpochSecond() - intoHour);
        Instant end = start.plus(HOUR);
        ZoneOffsetTransition last = rules.previousTransition(instant.plusNanos(1));
        ZoneOffsetTransition next = rules.nextTransition(instant);
        LocalDate day = LocalDate.ofInstant(instant, zone);
        return new Span(
                day,
                day.plusDays(1),
                last != null && last.getInstant().isAfter(start) ? last.getInstant() : start,
                next != null && next.getInstant().isBefore(end) ? next.getInstant() : end);
    }
}
