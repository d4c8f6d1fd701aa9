package io.usageexporter.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.window.Window.Span;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class WindowPropertyTest {
    private static final long FROM_2012 = 1_325_376_000L;
    private static final long UNTIL_2100 = 4_102_444_800L;

    @Property(tries = 5000)
    void windowsAreContiguous(
            @ForAll("windows") Window window,
            @ForAll("calendars") WindowCalendar calendar,
            @ForAll @LongRange(min = FROM_2012, max = UNTIL_2100) long second,
            @ForAll @IntRange(max = 999_999_999) int nano) {
        WindowTest.checkAround(window, Instant.ofEpochSecond(second, nano), calendar);
    }

    @Property(tries = 1000)
    void windowContainsEachOfItsInstants(
            @ForAll("windows") Window window,
            @ForAll("calendars") WindowCalendar calendar,
            @ForAll @LongRange(min = FROM_2012, max = UNTIL_2100) long second,
            @ForAll @LongRange(min = 0, max = 1_000_000) long millionth) {
        Span span = calendar.containing(window, Instant.ofEpochSecond(second));
        Duration length = Duration.between(span.startsAt(), span.resetsAt().minusNanos(1));
        Instant inside = span.startsAt().plus(length.multipliedBy(millionth).dividedBy(1_000_000));
        assertThat(calendar.containing(window, inside)).isEqualTo(span);
    }

    @Property(tries = 300)
    void hourIsWhereTheClockShowsTheSameHourAtTheSameOffset(
            @ForAll("calendars") WindowCalendar calendar,
            @ForAll @LongRange(min = FROM_2012, max = UNTIL_2100) long second,
            @ForAll @IntRange(min = -5400, max = 5400) int fromClockChange) {
        ZoneId zone = calendar.zone();
        Instant any = Instant.ofEpochSecond(second);
        ZoneOffsetTransition change = zone.getRules().nextTransition(any);
        Instant instant = change == null ? any : change.getInstant().plusSeconds(fromClockChange);
        String shown = hour(instant, zone);
        Instant start = instant;
        while (hour(start.minusSeconds(1), zone).equals(shown)) {
            start = start.minusSeconds(1);
        }
        Instant end = instant;
        while (hour(end, zone).equals(shown)) {
            end = end.plusSeconds(1);
        }
        Span span = calendar.containing(Window.HOURLY, instant);
        assertThat(span.startsAt()).isEqualTo(start);
        assertThat(span.resetsAt()).isEqualTo(end);
        assertThat(span.from()).isEqualTo(span.to()).isEqualTo(LocalDate.ofInstant(end.minusNanos(1), zone));
    }

    private static String hour(Instant instant, ZoneId zone) {
        var time = instant.atZone(zone);
        return time.toLocalDate() + " " + time.getHour() + " " + time.getOffset();
    }

    @Property(tries = 1000)
    void weekIsTheSevenDaysFromTheLastStartDay(
            @ForAll("calendars") WindowCalendar calendar,
            @ForAll @LongRange(min = FROM_2012, max = UNTIL_2100) long second) {
        Instant instant = Instant.ofEpochSecond(second);
        LocalDate from = LocalDate.ofInstant(instant, calendar.zone());
        while (from.getDayOfWeek() != calendar.weekStart()) {
            from = from.minusDays(1);
        }
        Span span = calendar.containing(Window.WEEKLY, instant);
        assertThat(span.from()).isEqualTo(from);
        assertThat(span.to()).isEqualTo(from.plusDays(6));
    }

    @Provide
    Arbitrary<Window> windows() {
        return Arbitraries.of(WindowTest.ALL_BUT_SESSIONS);
    }

    @Provide
    Arbitrary<WindowCalendar> calendars() {
        return Combinators.combine(
                        Arbitraries.of(new TreeSet<>(ZoneId.getAvailableZoneIds()))
                                .map(ZoneId::of),
                        Arbitraries.of(DayOfWeek.class),
                        Arbitraries.integers().between(WindowCalendar.MIN_RESET_DAY, WindowCalendar.MAX_RESET_DAY))
                .as(WindowTest::calendar);
    }
}
