package io.usageexporter.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.quota.Window.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
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
            @ForAll Window window,
            @ForAll("zones") ZoneId zone,
            @ForAll @IntRange(min = Window.MIN_RESET_DAY, max = Window.MAX_RESET_DAY) int resetDay,
            @ForAll @LongRange(min = FROM_2012, max = UNTIL_2100) long second,
            @ForAll @IntRange(max = 999_999_999) int nano) {
        WindowTest.checkAround(window, Instant.ofEpochSecond(second, nano), zone, resetDay);
    }

    @Property(tries = 1000)
    void windowContainsEachOfItsInstants(
            @ForAll Window window,
            @ForAll("zones") ZoneId zone,
            @ForAll @IntRange(min = Window.MIN_RESET_DAY, max = Window.MAX_RESET_DAY) int resetDay,
            @ForAll @LongRange(min = FROM_2012, max = UNTIL_2100) long second,
            @ForAll @LongRange(min = 0, max = 1_000_000) long millionth) {
        Span span = window.containing(Instant.ofEpochSecond(second), zone, resetDay);
        Instant from = span.from().atStartOfDay(zone).toInstant();
        Duration length = Duration.between(from, span.resetsAt().minusNanos(1));
        Instant inside = from.plus(length.multipliedBy(millionth).dividedBy(1_000_000));
        assertThat(window.containing(inside, zone, resetDay)).isEqualTo(span);
    }

    @Provide
    Arbitrary<ZoneId> zones() {
        return Arbitraries.of(new TreeSet<>(ZoneId.getAvailableZoneIds())).map(ZoneId::of);
    }
}
