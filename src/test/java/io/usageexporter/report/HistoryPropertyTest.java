package io.usageexporter.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Decimals;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class HistoryPropertyTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");

    private record Event(long minutesAgo, String category, long micros) {
        Instant at() {
            return NOW.minus(Duration.ofMinutes(minutesAgo));
        }

        BigDecimal units() {
            return BigDecimal.valueOf(micros, 6);
        }
    }

    @Property(tries = 300)
    void windowsSumUpTheirEvents(
            @ForAll("events") List<Event> events,
            @ForAll("windows") Window window,
            @ForAll("zones") String zone,
            @ForAll @IntRange(min = 1, max = 31) int resetDay,
            @ForAll @IntRange(min = 1, max = HistoryQuery.MAX_DAYS) int days) {
        HistoryFixture fixture = fixture(events, zone, resetDay);
        var query = new HistoryQuery(window, null, null, null, null, days);
        LocalDate first = events.stream()
                .map(event -> day(event, zone))
                .min(LocalDate::compareTo)
                .orElse(LocalDate.MAX);
        LocalDate today = LocalDate.ofInstant(NOW, ZoneId.of(zone));

        List<WindowReport> history = fixture.history(query, NOW);

        LocalDate next = null;
        for (WindowReport report : history) {
            LocalDate from = report.span().from();
            LocalDate until = report.span().until();
            assertThat(next == null ? from : next).isEqualTo(from);
            assertThat(until).isAfter(first).isAfter(today.minusDays(days - 1L));
            BigDecimal expected = events.stream()
                    .filter(event ->
                            !day(event, zone).isBefore(from) && day(event, zone).isBefore(until))
                    .map(Event::units)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            assertThat(report.used().get("units")).isEqualByComparingTo(expected);
            assertThat(report.breakdown().values().stream()
                            .map(category -> category.getOrDefault("units", BigDecimal.ZERO))
                            .reduce(BigDecimal.ZERO, BigDecimal::add))
                    .isEqualByComparingTo(expected);
            next = until;
        }
        WindowReport last = history.get(history.size() - 1);
        if (fixture.provider().windows().contains(window)) {
            assertThat(last).isEqualTo(fixture.report(NOW).providers().get(0).window(window));
        }
        assertThat(history.get(0).span().from())
                .isBeforeOrEqualTo(first.isAfter(today.minusDays(days - 1L)) ? first : today.minusDays(days - 1L));
    }

    private static LocalDate day(Event event, String zone) {
        return LocalDate.ofInstant(event.at(), ZoneId.of(zone));
    }

    private static HistoryFixture fixture(List<Event> events, String zone, int resetDay) {
        var fixture = HistoryFixture.withoutLimits(zone, resetDay);
        events.forEach(event -> fixture.add("units", event.category(), Decimals.plain(event.units()), event.at()));
        return fixture;
    }

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, Duration.ofDays(500).toMinutes()),
                        Arbitraries.of("configured", "a", "b"),
                        Arbitraries.longs().between(1, 3_000_000_000L))
                .as(Event::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<Window> windows() {
        return Arbitraries.of(Window.class).filter(Window::isOfDays);
    }

    @Provide
    Arbitrary<String> zones() {
        return Arbitraries.of("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "-12:00");
    }
}
