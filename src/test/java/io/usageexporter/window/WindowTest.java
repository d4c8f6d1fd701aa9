package io.usageexporter.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.window.Window.Span;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WindowTest {
    static final List<Window> ALL_BUT_SESSIONS = List.of(Window.HOURLY, Window.DAILY, Window.WEEKLY, Window.MONTHLY);

    static WindowCalendar calendar(ZoneId zone, DayOfWeek weekStart, int resetDay) {
        return new WindowCalendar(zone, weekStart, resetDay, WindowCalendar.DEFAULT_SESSION_LENGTH);
    }

    @ParameterizedTest(name = "{0}: {1} is on {2}, which ends at {3}")
    @CsvSource({
        "UTC,                 2026-11-24T09:15:00Z,        2026-11-24, 2026-11-25T00:00:00Z",
        "UTC,                 2026-12-31T23:59:59.999Z,    2026-12-31, 2027-01-01T00:00:00Z",
        "UTC,                 2027-01-01T00:00:00Z,        2027-01-01, 2027-01-02T00:00:00Z",
        "UTC,                 2028-02-29T12:00:00Z,        2028-02-29, 2028-03-01T00:00:00Z",
        "UTC,                 2027-02-28T12:00:00Z,        2027-02-28, 2027-03-01T00:00:00Z",
        // 29 March 2026 has 23 hours, 25 October 2026 has 25.
        "Europe/Berlin,       2026-03-28T22:59:59.999Z,    2026-03-28, 2026-03-28T23:00:00Z",
        "Europe/Berlin,       2026-03-28T23:00:00Z,        2026-03-29, 2026-03-29T22:00:00Z",
        "Europe/Berlin,       2026-03-29T21:59:59.999999999Z, 2026-03-29, 2026-03-29T22:00:00Z",
        "Europe/Berlin,       2026-03-29T22:00:00Z,        2026-03-30, 2026-03-30T22:00:00Z",
        "Europe/Berlin,       2026-10-24T22:00:00Z,        2026-10-25, 2026-10-25T23:00:00Z",
        "Europe/Berlin,       2026-10-25T00:30:00Z,        2026-10-25, 2026-10-25T23:00:00Z",
        "Europe/Berlin,       2026-10-25T01:30:00Z,        2026-10-25, 2026-10-25T23:00:00Z",
        "Europe/Berlin,       2026-10-25T22:59:59.999Z,    2026-10-25, 2026-10-25T23:00:00Z",
        "Europe/Berlin,       2026-10-25T23:00:00Z,        2026-10-26, 2026-10-26T23:00:00Z",
        "America/New_York,    2026-03-08T05:00:00Z,        2026-03-08, 2026-03-09T04:00:00Z",
        "America/New_York,    2026-11-01T03:59:59.999Z,    2026-10-31, 2026-11-01T04:00:00Z",
        "America/New_York,    2026-11-01T04:00:00Z,        2026-11-01, 2026-11-02T05:00:00Z",
        "America/New_York,    2027-01-01T04:59:59Z,        2026-12-31, 2027-01-01T05:00:00Z",
        "Asia/Kathmandu,      2026-11-23T18:14:59.999Z,    2026-11-23, 2026-11-23T18:15:00Z",
        "Asia/Kathmandu,      2026-11-23T18:15:00Z,        2026-11-24, 2026-11-24T18:15:00Z",
        // Summer time in Chatham (+13:45) ends on 5 April 2026 at 03:45 and begins on 27 September at 02:45.
        "Pacific/Chatham,     2026-04-04T10:15:00Z,        2026-04-05, 2026-04-05T11:15:00Z",
        "Pacific/Chatham,     2026-09-26T11:15:00Z,        2026-09-27, 2026-09-27T10:15:00Z",
        // Lord Howe changes by half an hour: days of 24:30 and of 23:30.
        "Australia/Lord_Howe, 2026-04-04T13:00:00Z,        2026-04-05, 2026-04-05T13:30:00Z",
        "Australia/Lord_Howe, 2026-10-03T13:30:00Z,        2026-10-04, 2026-10-04T13:00:00Z",
        // Beirut and Havana skip midnight: 29 and 8 March begin at 01:00.
        "Asia/Beirut,         2026-03-28T21:59:59.999Z,    2026-03-28, 2026-03-28T22:00:00Z",
        "Asia/Beirut,         2026-03-28T22:00:00Z,        2026-03-29, 2026-03-29T21:00:00Z",
        "America/Havana,      2026-03-08T04:59:59.999Z,    2026-03-07, 2026-03-08T05:00:00Z",
        "America/Havana,      2026-03-08T05:00:00Z,        2026-03-08, 2026-03-09T04:00:00Z",
        // Beirut goes back from midnight to 23:00; Havana from 01:00 to midnight, which then comes twice.
        "Asia/Beirut,         2026-10-24T21:30:00Z,        2026-10-24, 2026-10-24T22:00:00Z",
        "America/Havana,      2026-11-01T04:00:00Z,        2026-11-01, 2026-11-02T05:00:00Z",
        "America/Havana,      2026-11-01T05:00:00Z,        2026-11-01, 2026-11-02T05:00:00Z",
        "Pacific/Kiritimati,  2026-12-31T09:59:59.999Z,    2026-12-31, 2026-12-31T10:00:00Z",
        "Pacific/Kiritimati,  2026-12-31T10:00:00Z,        2027-01-01, 2027-01-01T10:00:00Z",
        "-12:00,              2027-01-01T11:59:59Z,        2026-12-31, 2027-01-01T12:00:00Z",
    })
    void dailyWindowIsTheCalendarDayOfTheZone(ZoneId zone, Instant instant, LocalDate day, Instant resetsAt) {
        Instant startsAt = day.atStartOfDay(zone).toInstant();
        assertThat(WindowCalendar.of(zone, 1).containing(Window.DAILY, instant))
                .isEqualTo(new Span(day, day.plusDays(1), startsAt, resetsAt));
    }

    @ParameterizedTest(name = "{0} on {1} lasts {2}")
    @CsvSource({
        "Europe/Berlin,       2026-03-29, PT23H",
        "Europe/Berlin,       2026-10-25, PT25H",
        "America/New_York,    2026-03-08, PT23H",
        "America/New_York,    2026-11-01, PT25H",
        "Australia/Lord_Howe, 2026-04-05, PT24H30M",
        "Australia/Lord_Howe, 2026-10-04, PT23H30M",
        "Asia/Beirut,         2026-03-29, PT23H",
        "Asia/Beirut,         2026-10-24, PT25H",
        "Asia/Kathmandu,      2026-03-29, PT24H",
        "UTC,                 2026-03-29, PT24H",
    })
    void dayLengthFollowsDaylightSavingTime(ZoneId zone, LocalDate day, Duration length) {
        Instant begin =
                resetsAt(Window.DAILY, day.atStartOfDay(zone).toInstant().minusNanos(1), zone, 1);
        assertThat(Duration.between(begin, resetsAt(Window.DAILY, begin, zone, 1)))
                .isEqualTo(length);
    }

    @ParameterizedTest(name = "reset day {0} in {1}: {2} is in {3} to {4}, which ends at {5}")
    @CsvSource({
        "1,  UTC, 2026-11-01T00:00:00Z,              2026-11-01, 2026-12-01, 2026-12-01T00:00:00Z",
        "1,  UTC, 2026-11-30T23:59:59.999999999Z,    2026-11-01, 2026-12-01, 2026-12-01T00:00:00Z",
        "1,  UTC, 2026-12-31T23:59:59Z,              2026-12-01, 2027-01-01, 2027-01-01T00:00:00Z",
        "1,  UTC, 2027-01-01T00:00:00Z,              2027-01-01, 2027-02-01, 2027-02-01T00:00:00Z",
        "1,  UTC, 2028-02-29T12:00:00Z,              2028-02-01, 2028-03-01, 2028-03-01T00:00:00Z",
        "17, UTC, 2026-11-16T23:59:59.999Z,          2026-10-17, 2026-11-17, 2026-11-17T00:00:00Z",
        "17, UTC, 2026-11-17T00:00:00Z,              2026-11-17, 2026-12-17, 2026-12-17T00:00:00Z",
        "17, UTC, 2026-12-17T00:00:00Z,              2026-12-17, 2027-01-17, 2027-01-17T00:00:00Z",
        "17, UTC, 2027-01-16T23:59:59Z,              2026-12-17, 2027-01-17, 2027-01-17T00:00:00Z",
        // 31 in months of 31, 28, 31, 30 days
        "31, UTC, 2027-01-30T12:00:00Z,              2026-12-31, 2027-01-31, 2027-01-31T00:00:00Z",
        "31, UTC, 2027-01-31T00:00:00Z,              2027-01-31, 2027-02-28, 2027-02-28T00:00:00Z",
        "31, UTC, 2027-02-27T23:59:59.999Z,          2027-01-31, 2027-02-28, 2027-02-28T00:00:00Z",
        "31, UTC, 2027-02-28T00:00:00Z,              2027-02-28, 2027-03-31, 2027-03-31T00:00:00Z",
        "31, UTC, 2027-03-31T00:00:00Z,              2027-03-31, 2027-04-30, 2027-04-30T00:00:00Z",
        "31, UTC, 2027-04-30T00:00:00Z,              2027-04-30, 2027-05-31, 2027-05-31T00:00:00Z",
        // and in the 29 days of February 2028
        "31, UTC, 2028-02-28T23:59:59.999Z,          2028-01-31, 2028-02-29, 2028-02-29T00:00:00Z",
        "31, UTC, 2028-02-29T00:00:00Z,              2028-02-29, 2028-03-31, 2028-03-31T00:00:00Z",
        "30, UTC, 2028-02-29T00:00:00Z,              2028-02-29, 2028-03-30, 2028-03-30T00:00:00Z",
        "29, UTC, 2028-02-29T00:00:00Z,              2028-02-29, 2028-03-29, 2028-03-29T00:00:00Z",
        "29, UTC, 2027-02-28T00:00:00Z,              2027-02-28, 2027-03-29, 2027-03-29T00:00:00Z",
        "28, UTC, 2028-02-29T00:00:00Z,              2028-02-28, 2028-03-28, 2028-03-28T00:00:00Z",
        "1,  Europe/Berlin,       2026-02-28T23:00:00Z,     2026-03-01, 2026-04-01, 2026-03-31T22:00:00Z",
        "1,  Europe/Berlin,       2026-10-31T22:59:59.999Z, 2026-10-01, 2026-11-01, 2026-10-31T23:00:00Z",
        "25, Europe/Berlin,       2026-10-24T22:00:00Z,     2026-10-25, 2026-11-25, 2026-11-24T23:00:00Z",
        "26, Europe/Berlin,       2026-10-25T22:59:59.999Z, 2026-09-26, 2026-10-26, 2026-10-25T23:00:00Z",
        "1,  America/New_York,    2026-11-01T03:59:59Z,     2026-10-01, 2026-11-01, 2026-11-01T04:00:00Z",
        "1,  Asia/Kathmandu,      2026-11-30T18:15:00Z,     2026-12-01, 2027-01-01, 2026-12-31T18:15:00Z",
        "5,  Pacific/Chatham,     2026-04-04T10:14:59.999Z, 2026-03-05, 2026-04-05, 2026-04-04T10:15:00Z",
        "4,  Australia/Lord_Howe, 2026-10-03T13:30:00Z,     2026-10-04, 2026-11-04, 2026-11-03T13:00:00Z",
        "8,  America/Havana,      2026-03-08T04:59:59.999Z, 2026-02-08, 2026-03-08, 2026-03-08T05:00:00Z",
        "29, Asia/Beirut,         2026-03-28T22:00:00Z,     2026-03-29, 2026-04-29, 2026-04-28T21:00:00Z",
        "1,  Pacific/Kiritimati,  2026-12-31T10:00:00Z,     2027-01-01, 2027-02-01, 2027-01-31T10:00:00Z",
    })
    void monthlyWindowRunsFromResetDayToResetDay(
            int resetDay, ZoneId zone, Instant instant, LocalDate from, LocalDate until, Instant resetsAt) {
        Instant startsAt = from.atStartOfDay(zone).toInstant();
        assertThat(WindowCalendar.of(zone, resetDay).containing(Window.MONTHLY, instant))
                .isEqualTo(new Span(from, until, startsAt, resetsAt));
    }

    @ParameterizedTest(name = "week from {0} in {1}: {2} is in the one from {3}, which ends at {4}")
    @CsvSource({
        "MONDAY,    UTC,                 2026-11-24T09:15:00Z,     2026-11-23, 2026-11-30T00:00:00Z",
        "MONDAY,    UTC,                 2026-11-29T23:59:59.999Z, 2026-11-23, 2026-11-30T00:00:00Z",
        "MONDAY,    UTC,                 2026-11-30T00:00:00Z,     2026-11-30, 2026-12-07T00:00:00Z",
        "TUESDAY,   UTC,                 2026-11-24T00:00:00Z,     2026-11-24, 2026-12-01T00:00:00Z",
        "THURSDAY,  UTC,                 2026-11-24T09:15:00Z,     2026-11-19, 2026-11-26T00:00:00Z",
        "SUNDAY,    UTC,                 2027-01-01T00:00:00Z,     2026-12-27, 2027-01-03T00:00:00Z",
        // The week with the end of summer time has 169 hours, that with its beginning 167.
        "MONDAY,    Europe/Berlin,       2026-10-25T22:59:59.999Z, 2026-10-19, 2026-10-25T23:00:00Z",
        "SUNDAY,    Europe/Berlin,       2026-10-24T22:00:00Z,     2026-10-25, 2026-10-31T23:00:00Z",
        "MONDAY,    Europe/Berlin,       2026-03-22T23:00:00Z,     2026-03-23, 2026-03-29T22:00:00Z",
        "WEDNESDAY, Asia/Kolkata,        2026-11-24T18:29:59.999Z, 2026-11-18, 2026-11-24T18:30:00Z",
        "WEDNESDAY, Asia/Kolkata,        2026-11-24T18:30:00Z,     2026-11-25, 2026-12-01T18:30:00Z",
        "SUNDAY,    Australia/Lord_Howe, 2026-10-03T13:30:00Z,     2026-10-04, 2026-10-10T13:00:00Z",
        // Beirut skips midnight: 29 March 2026, a Sunday, begins at 01:00.
        "SUNDAY,    Asia/Beirut,         2026-03-28T22:00:00Z,     2026-03-29, 2026-04-04T21:00:00Z",
    })
    void weeklyWindowRunsFromStartDayToStartDay(
            DayOfWeek startDay, ZoneId zone, Instant instant, LocalDate from, Instant resetsAt) {
        Instant startsAt = from.atStartOfDay(zone).toInstant();
        assertThat(calendar(zone, startDay, 1).containing(Window.WEEKLY, instant))
                .isEqualTo(new Span(from, from.plusDays(7), startsAt, resetsAt));
    }

    @ParameterizedTest(name = "{0}: {1} is in the hour from {2} to {3}")
    @CsvSource({
        "UTC,                 2026-11-24T09:15:00Z,            2026-11-24T09:00:00Z, 2026-11-24T10:00:00Z",
        "UTC,                 2026-11-24T09:59:59.999999999Z,  2026-11-24T09:00:00Z, 2026-11-24T10:00:00Z",
        "UTC,                 2026-11-24T10:00:00Z,            2026-11-24T10:00:00Z, 2026-11-24T11:00:00Z",
        "UTC,                 1969-12-31T23:59:59.5Z,          1969-12-31T23:00:00Z, 1970-01-01T00:00:00Z",
        "Asia/Kolkata,        2026-11-24T09:15:00Z,            2026-11-24T08:30:00Z, 2026-11-24T09:30:00Z",
        "Asia/Kolkata,        2026-11-24T09:30:00Z,            2026-11-24T09:30:00Z, 2026-11-24T10:30:00Z",
        "Asia/Kathmandu,      2026-11-24T09:15:00Z,            2026-11-24T09:15:00Z, 2026-11-24T10:15:00Z",
        "+05:30:30,           2026-11-24T09:15:00Z,            2026-11-24T08:29:30Z, 2026-11-24T09:29:30Z",
        // Berlin's hour from 02:00 is missing on 29 March, and repeated on 25 October: two windows.
        "Europe/Berlin,       2026-03-29T00:59:59Z,            2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z",
        "Europe/Berlin,       2026-03-29T01:00:00Z,            2026-03-29T01:00:00Z, 2026-03-29T02:00:00Z",
        "Europe/Berlin,       2026-10-25T00:30:00Z,            2026-10-25T00:00:00Z, 2026-10-25T01:00:00Z",
        "Europe/Berlin,       2026-10-25T01:30:00Z,            2026-10-25T01:00:00Z, 2026-10-25T02:00:00Z",
        // Lord Howe goes back from 02:00 to 01:30 on 5 April, and on from 02:00 to 02:30 on 4 October: half hours.
        "Australia/Lord_Howe, 2026-04-04T14:45:00Z,            2026-04-04T14:00:00Z, 2026-04-04T15:00:00Z",
        "Australia/Lord_Howe, 2026-04-04T15:00:00Z,            2026-04-04T15:00:00Z, 2026-04-04T15:30:00Z",
        "Australia/Lord_Howe, 2026-04-04T15:30:00Z,            2026-04-04T15:30:00Z, 2026-04-04T16:30:00Z",
        "Australia/Lord_Howe, 2026-10-03T15:29:59Z,            2026-10-03T14:30:00Z, 2026-10-03T15:30:00Z",
        "Australia/Lord_Howe, 2026-10-03T15:30:00Z,            2026-10-03T15:30:00Z, 2026-10-03T16:00:00Z",
        "Australia/Lord_Howe, 2026-10-03T16:00:00Z,            2026-10-03T16:00:00Z, 2026-10-03T17:00:00Z",
    })
    void hourlyWindowIsAnHourOfTheLocalClock(ZoneId zone, Instant instant, Instant startsAt, Instant resetsAt) {
        LocalDate day = LocalDate.ofInstant(startsAt, zone);
        assertThat(WindowCalendar.of(zone, 1).containing(Window.HOURLY, instant))
                .isEqualTo(new Span(day, day.plusDays(1), startsAt, resetsAt));
    }

    @ParameterizedTest
    @EnumSource(names = {"HOURLY", "SESSION"})
    void windowsOtherThanOfDaysContainNoDay(Window window) {
        WindowCalendar calendar = WindowCalendar.of(ZoneOffset.UTC, 1);
        assertThatThrownBy(() -> calendar.containing(window, LocalDate.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sessionIsNotFoundByTheCalendar() {
        WindowCalendar calendar = WindowCalendar.of(ZoneOffset.UTC, 1);
        assertThatThrownBy(() -> calendar.containing(Window.SESSION, Instant.EPOCH))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"DAILY", "WEEKLY", "MONTHLY"})
    void windowOfADayIsThatOfItsInstants(Window window) {
        ZoneId zone = ZoneId.of("America/Havana");
        WindowCalendar calendar = WindowCalendar.of(zone, 31);
        LocalDate day = LocalDate.parse("2026-01-01");
        while (day.getYear() == 2026) {
            Span span = calendar.containing(window, day);
            assertThat(span)
                    .isEqualTo(
                            calendar.containing(window, day.atStartOfDay(zone).toInstant()));
            assertThat(span.to()).isAfterOrEqualTo(day).isEqualTo(span.until().minusDays(1));
            day = day.plusDays(1);
        }
    }

    @Test
    void resetDayDoesNotAffectDailyWindows() {
        Instant instant = Instant.parse("2026-11-24T09:15:00Z");
        assertThat(WindowCalendar.of(ZoneOffset.UTC, 31).containing(Window.DAILY, instant))
                .isEqualTo(WindowCalendar.of(ZoneOffset.UTC, 1).containing(Window.DAILY, instant));
    }

    @Test
    void skippedCalendarDayHasZeroLength() {
        // Samoa went from 29 to 31 December 2011.
        ZoneId apia = ZoneId.of("Pacific/Apia");
        Instant midnight = Instant.parse("2011-12-30T10:00:00Z");
        assertThat(resetsAt(Window.DAILY, midnight.minusMillis(1), apia, 1)).isEqualTo(midnight);
        assertThat(WindowCalendar.of(apia, 1).containing(Window.DAILY, midnight).from())
                .isEqualTo("2011-12-31");
    }

    @ParameterizedTest
    @CsvSource({"HOURLY, hourly", "DAILY, daily", "WEEKLY, weekly", "MONTHLY, monthly", "SESSION, session"})
    void labelIsTheNameInLowerCase(Window window, String label) {
        assertThat(window.label()).isEqualTo(label);
    }

    @Test
    void windowsAreConsistentAcrossAllZoneTransitions() {
        for (String id : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
            ZoneId zone = ZoneId.of(id);
            Instant until = Instant.parse("2032-01-01T00:00:00Z");
            ZoneOffsetTransition change = zone.getRules().nextTransition(Instant.parse("2026-01-01T00:00:00Z"));
            while (change != null && change.getInstant().isBefore(until)) {
                for (Instant near : List.of(
                        change.getInstant().minusNanos(1),
                        change.getInstant(),
                        startOf(change.getDateTimeBefore(), zone),
                        startOf(change.getDateTimeAfter(), zone).minusNanos(1))) {
                    DayOfWeek weekStart = change.getDateTimeAfter().getDayOfWeek();
                    int resetDay = change.getDateTimeAfter().getDayOfMonth();
                    for (Window window : ALL_BUT_SESSIONS) {
                        checkAround(window, near, calendar(zone, weekStart, resetDay));
                    }
                }
                change = zone.getRules().nextTransition(change.getInstant());
            }
        }
    }

    /** Checks the window of this instant and its two neighbours. */
    static void checkAround(Window window, Instant instant, WindowCalendar calendar) {
        Span span = calendar.containing(window, instant);
        assertThat(instant)
                .as("%s window of %s in %s", window, instant, calendar)
                .isAfterOrEqualTo(span.startsAt())
                .isBefore(span.resetsAt());
        assertThat(calendar.containing(window, span.startsAt())).isEqualTo(span);
        assertThat(calendar.containing(window, span.resetsAt().minusNanos(1))).isEqualTo(span);
        Span next = calendar.containing(window, span.resetsAt());
        assertThat(next.startsAt()).isEqualTo(span.resetsAt());
        Span last = calendar.containing(window, span.startsAt().minusNanos(1));
        assertThat(last.resetsAt()).isEqualTo(span.startsAt());
        if (window.isOfDays()) {
            assertThat(span.startsAt())
                    .isEqualTo(span.from().atStartOfDay(calendar.zone()).toInstant());
            assertThat(next.from()).isEqualTo(span.until());
        }
    }

    private static Instant startOf(LocalDateTime time, ZoneId zone) {
        return time.toLocalDate().atStartOfDay(zone).toInstant();
    }

    private static Instant resetsAt(Window window, Instant instant, ZoneId zone, int resetDay) {
        return WindowCalendar.of(zone, resetDay).containing(window, instant).resetsAt();
    }
}
