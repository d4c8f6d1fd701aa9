package io.usageexporter.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Decimals;
import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Status;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.PricingRules;
import io.usageexporter.totals.StoredTotals;
import io.usageexporter.totals.Totals;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final String NOW = "2026-11-24T09:15:00Z";

    @Test
    void listsEveryDayFromTheFirstUsageToToday() {
        var fixture = HistoryFixture.withoutLimits("UTC", 1)
                .units("3", "2026-11-20T23:59:59.999Z")
                .units("4", "2026-11-22T00:00:00Z")
                .units("0.5", "2026-11-22T12:00:00Z");

        assertThat(described(fixture.history(HistoryQuery.lastDays(30), NOW)))
                .containsExactly(
                        "2026-11-20..2026-11-20 3",
                        "2026-11-21..2026-11-21 0",
                        "2026-11-22..2026-11-22 4.5",
                        "2026-11-23..2026-11-23 0",
                        "2026-11-24..2026-11-24 0");
    }

    @Test
    void lastDaysIncludeToday() {
        var fixture = HistoryFixture.withoutLimits("UTC", 1).units("1", "2026-01-01T00:00:00Z");

        assertThat(described(fixture.history(HistoryQuery.lastDays(1), NOW)))
                .containsExactly("2026-11-24..2026-11-24 0");
        assertThat(fixture.history(HistoryQuery.lastDays(30), NOW)).hasSize(30);
        assertThat(fixture.history(HistoryQuery.lastDays(400), NOW)).hasSize(328);
    }

    @Test
    void unusedProviderHasNoWindows() {
        assertThat(HistoryFixture.withoutLimits("UTC", 1).history(HistoryQuery.lastDays(30), NOW))
                .isEmpty();
        assertThat(HistoryFixture.withoutLimits("UTC", 1)
                        .units("0", "2026-11-20T00:00:00Z")
                        .history(HistoryQuery.lastDays(30), NOW))
                .isEmpty();
    }

    @Test
    void firstDayMayNoLongerBeInMemory() {
        var provider = HistoryFixture.withoutLimits("UTC", 1).provider();
        var totals = new Totals(new StoredTotals(
                LocalDate.parse("2026-09-05"),
                Instant.parse(NOW),
                new Aggregates(),
                List.of(),
                Map.of(),
                new PricingRules(Map.of(), Map.of()),
                Map.of(),
                Map.of(),
                Map.of(HistoryFixture.PROVIDER, LocalDate.parse("2025-01-01"))));

        History history = History.of(
                Thresholds.DEFAULT,
                List.of(provider),
                HistoryFixture.priced(totals.snapshot()),
                HistoryQuery.lastDays(30),
                Instant.parse(NOW));

        assertThat(history.providers().get(0).windows()).hasSize(30);
    }

    @Test
    void todayIsInTheProvidersZone() {
        String now = "2026-11-24T10:30:00Z"; // already the 25th in Kiritimati, still the 23rd at UTC-12
        assertThat(described(HistoryFixture.withoutLimits("Pacific/Kiritimati", 1)
                        .units("1", "2026-11-24T09:59:59Z")
                        .units("2", "2026-11-24T10:00:00Z")
                        .history(HistoryQuery.lastDays(2), now)))
                .containsExactly("2026-11-24..2026-11-24 1", "2026-11-25..2026-11-25 2");
        assertThat(described(HistoryFixture.withoutLimits("-12:00", 1)
                        .units("1", "2026-11-23T11:59:59Z")
                        .units("2", "2026-11-23T12:00:00Z")
                        .history(HistoryQuery.lastDays(2), now)))
                .containsExactly("2026-11-22..2026-11-22 1", "2026-11-23..2026-11-23 2");
    }

    @Test
    void eventAheadOfTheClockIsNotListedBeforeItsDay() {
        var fixture = HistoryFixture.withoutLimits("UTC", 1)
                .units("1", "2026-11-24T23:58:00Z")
                .units("2", "2026-11-25T00:01:00Z");

        assertThat(described(fixture.history(between("2026-11-24", "2026-11-30"), "2026-11-24T23:59:00Z")))
                .containsExactly("2026-11-24..2026-11-24 1");
        assertThat(described(fixture.history(between("2026-11-24", "2026-11-30"), "2026-11-25T00:00:00Z")))
                .containsExactly("2026-11-24..2026-11-24 1", "2026-11-25..2026-11-25 2");
    }

    @Test
    void datesAreInclusive() {
        var fixture = HistoryFixture.withoutLimits("UTC", 1).units("1", "2026-11-01T00:00:00Z");

        assertThat(days(fixture.history(between("2026-11-03", "2026-11-05"), NOW)))
                .containsExactly("2026-11-03", "2026-11-04", "2026-11-05");
        assertThat(days(fixture.history(between("2026-11-22", null), NOW)))
                .containsExactly("2026-11-22", "2026-11-23", "2026-11-24");
        assertThat(days(fixture.history(
                        new HistoryQuery(Window.DAILY, null, null, null, LocalDate.parse("2026-11-05"), 2), NOW)))
                .containsExactly("2026-11-04", "2026-11-05");
        assertThat(fixture.history(between("2026-11-25", "2026-11-30"), NOW)).isEmpty();
        assertThat(fixture.history(between("2026-10-01", "2026-10-31"), NOW)).isEmpty();
    }

    @Test
    void listsOverlappingMonthlyWindowsCompletely() {
        var fixture = HistoryFixture.withoutLimits("UTC", 31)
                .units("1", "2026-01-31T00:00:00Z")
                .units("2", "2026-02-27T23:59:59Z")
                .units("4", "2026-02-28T00:00:00Z")
                .units("8", "2026-04-30T00:00:00Z");

        assertThat(described(fixture.history(monthly("2026-02-27", "2026-03-31"), NOW)))
                .containsExactly("2026-01-31..2026-02-27 3", "2026-02-28..2026-03-30 4", "2026-03-31..2026-04-29 0");
        assertThat(described(fixture.history(monthly("2025-12-01", "2026-02-28"), NOW)))
                .containsExactly("2026-01-31..2026-02-27 3", "2026-02-28..2026-03-30 4");
        assertThat(described(fixture.history(monthly("2026-05-05", "2026-12-31"), "2026-06-30T12:00:00Z")))
                .containsExactly("2026-04-30..2026-05-30 8", "2026-05-31..2026-06-29 0", "2026-06-30..2026-07-30 0");
    }

    @Test
    void listsTheMonthOfTheFirstUsage() {
        var fixture = HistoryFixture.withoutLimits("UTC", 17).units("5", "2026-11-16T23:59:59Z");

        assertThat(described(fixture.history(monthly("2026-01-01", null), NOW)))
                .containsExactly("2026-10-17..2026-11-16 5", "2026-11-17..2026-12-16 0");
    }

    @Test
    void quotasExistOnlyForResourcesWithALimit() {
        List<WindowReport> days = HistoryFixture.withDailyLimit("units", "10")
                .units("8.00001", "2026-11-23T00:00:00Z")
                .add("calls", "c", "3", Instant.parse("2026-11-24T00:00:00Z"))
                .history(HistoryQuery.lastDays(30), NOW);

        assertThat(days).hasSize(2).allSatisfy(day -> assertThat(day.quotas()).containsOnlyKeys("units"));
        assertThat(quota(days.get(0)).status()).isEqualTo(Status.CRITICAL);
        assertThat(quota(days.get(0)).percent()).isEqualByComparingTo("80.0001");
        assertThat(quota(days.get(1)).status()).isEqualTo(Status.GOOD);
        assertThat(days.get(1).used().get("calls")).isEqualByComparingTo("3");
        assertThat(HistoryFixture.withDailyLimit("units", "10")
                        .units("1", "2026-11-23T00:00:00Z")
                        .history(monthly("2026-11-23", null), NOW))
                .singleElement()
                .satisfies(month -> assertThat(month.quotas()).isEmpty());
    }

    @Test
    void breakdownHasConfiguredAndUsedCategories() {
        List<WindowReport> days = HistoryFixture.withoutLimits("UTC", 1)
                .add("units", "a", "1", Instant.parse("2026-11-23T00:00:00Z"))
                .add("units", "b", "2", Instant.parse("2026-11-24T00:00:00Z"))
                .history(HistoryQuery.lastDays(30), NOW);

        assertThat(days.get(0).breakdown()).containsOnlyKeys("a", "configured");
        assertThat(days.get(1).breakdown()).containsOnlyKeys("b", "configured");
        assertThat(days.get(1).breakdown().get("configured")).containsEntry("units", BigDecimal.ZERO);
    }

    @Test
    void listsOnlyTheRequestedResource() {
        var fixture = HistoryFixture.withDailyLimit("units", "10")
                .add("units", "a", "1", Instant.parse(NOW))
                .add("calls", "b", "2", Instant.parse(NOW));
        var calls = new HistoryQuery(Window.DAILY, null, "calls", null, null, 30);
        var tiles = new HistoryQuery(Window.DAILY, null, "tiles", null, null, 30);

        assertThat(fixture.history(calls, NOW)).singleElement().satisfies(day -> {
            assertThat(day.used()).containsOnlyKeys("calls");
            assertThat(day.quotas()).isEmpty();
            assertThat(day.breakdown()).containsOnlyKeys("b", "configured");
            assertThat(day.breakdown().get("b")).containsOnlyKeys("calls");
        });
        assertThat(tiles.choose(List.of(fixture.provider()))).isEmpty();
    }

    @Test
    void listsOnlyTheRequestedProvider() {
        var provider = HistoryFixture.withoutLimits("UTC", 1).provider();

        assertThat(new HistoryQuery(Window.DAILY, "p", null, null, null, 30).choose(List.of(provider)))
                .containsExactly(provider);
        assertThat(new HistoryQuery(Window.DAILY, "q", null, null, null, 30).choose(List.of(provider)))
                .isEmpty();
    }

    private static Quota quota(WindowReport window) {
        return Objects.requireNonNull(window.quotas().get("units"));
    }

    private static HistoryQuery between(String from, @Nullable String to) {
        return query(Window.DAILY, from, to);
    }

    private static HistoryQuery monthly(String from, @Nullable String to) {
        return query(Window.MONTHLY, from, to);
    }

    private static HistoryQuery query(Window window, String from, @Nullable String to) {
        return new HistoryQuery(window, null, null, LocalDate.parse(from), to == null ? null : LocalDate.parse(to), 30);
    }

    private static List<String> days(List<WindowReport> windows) {
        return windows.stream().map(window -> window.span().from().toString()).toList();
    }

    private static List<String> described(List<WindowReport> windows) {
        return windows.stream()
                .map(window -> window.span().from() + ".." + window.span().to() + " "
                        + Decimals.plain(window.used().getOrDefault("units", BigDecimal.ZERO)))
                .toList();
    }
}
