package io.usageexporter.totals;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.totals.Label.Dimension;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TotalsTest extends TotalsTestBase {
    @Test
    void sumsByCategoryModelAndMeasure() {
        record(event("instagram", "m1", "0.1"), event("instagram", "m1", "0.2"), event("tiktok", "m1", "5"));
        record(event("instagram", "m2", "7"), event("instagram", "m1", "0.3"));
        assertThat(totals.snapshot().series())
                .containsOnlyKeys(series("instagram", "m1"), series("tiktok", "m1"), series("instagram", "m2"))
                .hasEntrySatisfying(
                        series("instagram", "m1"), units -> assertThat(units).isEqualByComparingTo("0.6"))
                .hasEntrySatisfying(
                        series("tiktok", "m1"), units -> assertThat(units).isEqualByComparingTo("5"))
                .hasEntrySatisfying(
                        series("instagram", "m2"), units -> assertThat(units).isEqualByComparingTo("7"));
    }

    @Test
    void eachTokenKindHasItsOwnSeries() {
        Usage usage = Usage.of(
                Map.of(Measure.tokens(TokenKind.INPUT), Amount.of(3), Measure.tokens(TokenKind.OUTPUT), Amount.of(4)));
        record(new UsageEvent(null, "p", "c", "m", NOW, usage));
        assertThat(totals.snapshot().series())
                .containsOnlyKeys(
                        new Series("p", "c", "m", Measure.tokens(TokenKind.INPUT)),
                        new Series("p", "c", "m", Measure.tokens(TokenKind.OUTPUT)));
    }

    @Test
    void daysAreInTheProvidersZone() {
        totals.configure("p", ZoneId.of("Pacific/Kiritimati"), List.of(), List.of(), SeriesBound.DEFAULT, 1);
        record(event("c", "m", "1", Instant.parse("2026-11-24T09:59:59.999Z")));
        record(event("c", "m", "2", Instant.parse("2026-11-24T10:00:00Z")));
        assertThat(day("2026-11-24")).isEqualByComparingTo("1");
        assertThat(day("2026-11-25")).isEqualByComparingTo("2");
    }

    @Test
    void lateEventCountsOnItsOwnDay() {
        record(event("c", "m", "1", NOW.minusSeconds(40 * 86_400L)));
        assertThat(day("2026-10-15")).isEqualByComparingTo("1");
        assertThat(day("2026-11-24")).isEqualByComparingTo("0");
    }

    @Test
    void dayAccumulatesOverSeveralChanges() {
        record(event("a", "m", "1"), event("b", "m", "2"));
        record(event("a", "n", "4"));
        record(event("a", "m", "8"));
        assertThat(totals.snapshot().days().get(new Day("p", TODAY)))
                .containsOnlyKeys(series("a", "m"), series("a", "n"), series("b", "m"))
                .hasEntrySatisfying(series("a", "m"), units -> assertThat(units).isEqualByComparingTo("9"));
    }

    @Test
    void consumersAndPricesAreCountedApart() {
        record(billed("growth", ""), billed("growth", "batch+us"), billed("", "batch+us"), billed("", ""));
        record(billed("growth", "us+batch"));
        assertThat(totals.snapshot().series())
                .containsOnlyKeys(
                        ofConsumer("", ""),
                        ofConsumer("", "batch+us"),
                        ofConsumer("growth", ""),
                        ofConsumer("growth", "batch+us"))
                .hasEntrySatisfying(
                        ofConsumer("growth", "batch+us"),
                        units -> assertThat(units).isEqualByComparingTo("2"));
        assertThat(totals.snapshot().days().get(new Day("p", TODAY)))
                .isEqualTo(totals.snapshot().series());
    }

    private static UsageEvent billed(String consumer, String pricing) {
        return new UsageEvent(null, "p", "c", consumer, "m", Pricing.of(pricing), NOW, usage("1"));
    }

    private static Series ofConsumer(String consumer, String pricing) {
        return new Series("p", "c", consumer, "m", pricing, UNITS);
    }

    @Test
    void hourIsThatOfTheEventsInstant() {
        record(event("c", "m", "1", Instant.parse("2026-11-24T08:59:59.999Z")));
        record(event("d", "m", "2", Instant.parse("2026-11-24T08:00:00Z")));
        assertThat(totals.snapshot().hours())
                .containsOnlyKeys(new Hour("p", Hour.number(Instant.parse("2026-11-24T08:30:00Z"))));
        assertThat(totals.snapshot().hours().values())
                .singleElement()
                .extracting(hour -> hour.get(UNITS))
                .hasToString("3 from 2026-11-24T08:00:00Z to 2026-11-24T08:59:59.999Z");
    }

    @Test
    void firstDayIsThatOfTheOldestEventEvenOnceForgotten() {
        record(event("c", "m", "1", NOW.minusSeconds(5 * 86_400L)));
        record(event("c", "m", "1", NOW));
        assertThat(totals.snapshot().firstDays()).isEqualTo(Map.of("p", TODAY.minusDays(5)));
        record(event("c", "m", "1", NOW.minusSeconds(40 * 86_400L)));
        assertThat(totals.snapshot().firstDays()).isEqualTo(Map.of("p", TODAY.minusDays(40)));
        totals.forgetDaysBefore(TODAY);
        assertThat(totals.snapshot().firstDays()).isEqualTo(Map.of("p", TODAY.minusDays(40)));
    }

    @Test
    void eventWithoutAmountsSetsNoFirstDay() {
        record(event("c", "m", "0", NOW.minusSeconds(86_400)));
        assertThat(totals.snapshot().firstDays()).isEmpty();
        record(event("c", "m", "1", NOW));
        assertThat(totals.snapshot().firstDays()).isEqualTo(Map.of("p", TODAY));
    }

    @Test
    void countsEventsBySource() {
        record(event("c", "m", "1"), event("c", "m", "1"));
        apply(new RecordedEvent(++lastNumber, event("c", "m", "1"), NOW, Source.CLI));
        assertThat(totals.snapshot().recorded()).isEqualTo(Map.of(Source.API, 2L, Source.CLI, 1L));
    }

    @Test
    void lastEventIsTheNewestNotTheLastRecorded() {
        record(event("c", "m", "1", NOW));
        record(event("c", "m", "1", NOW.minusSeconds(60)));
        assertThat(totals.snapshot().lastEvent()).isEqualTo(Map.of("p", NOW));
    }

    @Test
    void unappliedChangeHasNoEffect() {
        record(event("c", "m", "1"));
        Snapshot before = totals.snapshot();
        Snapshot copy = new Snapshot(
                Map.copyOf(before.series()),
                Map.copyOf(before.days()),
                Map.copyOf(before.hours()),
                before.windows().with(Map.of()),
                Map.copyOf(before.recorded()),
                Map.copyOf(before.undone()),
                Map.copyOf(before.lastEvent()),
                before.daysFrom(),
                Map.copyOf(before.firstDays()));
        totals.plan(List.of(recorded(event("c", "m", "5", NOW.plusSeconds(60))), recorded(event("new", "m", "1"))));
        assertThat(totals.snapshot()).isEqualTo(copy);
    }

    @Test
    void nextChangeAfterAnUnappliedOneStartsFromOldSums() {
        record(event("c", "m", "1"));
        totals.plan(List.of(recorded(event("c", "m", "5"))));
        record(event("c", "m", "2"));
        assertThat(totals.snapshot().series().get(series("c", "m"))).isEqualByComparingTo("3");
    }

    @Test
    void changeContainsResultingSums() {
        record(event("c", "m", "1"), event("other category", "m", "9"));
        Totals.Change change = totals.plan(List.of(recorded(event("c", "m", "5"))));
        assertThat(change.sums().series()).containsOnlyKeys(series("c", "m"));
        assertThat(change.sums().series().get(series("c", "m"))).isEqualByComparingTo("6");
        assertThat(change.sums().recorded()).isEqualTo(Map.of(Source.API, 3L));
    }

    @Test
    void snapshotIsUnaffectedByLaterEvents() {
        record(event("c", "m", "1"));
        Snapshot before = totals.snapshot();
        record(event("c", "m", "2"));
        assertThat(before.series().get(series("c", "m"))).isEqualByComparingTo("1");
    }

    @Test
    void restoredTotalsEqualTheOriginal() {
        recordAll(numbered("category", 200));
        Snapshot before = totals.snapshot();
        var stored = new Aggregates();
        stored.series().putAll(before.series());
        stored.days().putAll(before.days());
        stored.hours().putAll(before.hours());
        stored.recorded().putAll(before.recorded());
        stored.lastEvent().putAll(before.lastEvent());
        List<Label> labels = IntStream.range(0, 200)
                .mapToObj(i -> new Label("p", Dimension.CATEGORY, "category " + i, 1))
                .toList();
        var restored = new Totals(new StoredTotals(
                before.daysFrom(),
                before.windows().from(),
                stored,
                labels,
                Map.of(),
                new PricingRules(Map.of("p", ZoneOffset.UTC), Map.of()),
                Map.of(),
                Map.of(),
                before.firstDays()));
        assertThat(restored.snapshot()).isEqualTo(before);
        restored.apply(restored.plan(List.of(recorded(event("late", "", "1")))));
        assertThat(restored.snapshot().series()).containsKey(series("other", ""));
    }

    @Test
    void forgettingOldDaysKeepsNewerDaysAndSeries() {
        record(event("c", "m", "1", NOW.minusSeconds(2 * 86_400L)), event("c", "m", "2", NOW));
        totals.forgetDaysBefore(TODAY.minusDays(1));
        assertThat(totals.snapshot().days()).containsOnlyKeys(new Day("p", TODAY));
        assertThat(totals.daysFrom()).isEqualTo(TODAY.minusDays(1));
        assertThat(totals.snapshot().series().get(series("c", "m"))).isEqualByComparingTo("3");
    }

    @Test
    void forgetsHoursSoonerThanDays() {
        record(event("c", "m", "1", NOW.minusSeconds(3 * 86_400L)), event("c", "m", "2", NOW));
        totals.forgetDaysBefore(TODAY.minusDays(36));
        assertThat(totals.snapshot().days()).hasSize(2);
        assertThat(totals.snapshot().hours())
                .isEqualTo(Map.of(
                        new Hour("p", Hour.number(NOW)),
                        Map.of(UNITS, new HourTotal(new BigDecimal("2.000000"), NOW, NOW))));
    }

    @Test
    void replacingDaysKeepsThoseOfOtherProviders() {
        record(event("c", "m", "1"), new UsageEvent(null, "q", "c", "m", NOW, usage("4")));
        Series cell = series("c", "m");
        replaceDays(Map.of(new Day("p", TODAY.minusDays(1)), Map.of(cell, BigDecimal.ONE)));
        assertThat(totals.snapshot().days()).containsOnlyKeys(new Day("p", TODAY.minusDays(1)), new Day("q", TODAY));
        assertThat(totals.snapshot().firstDays()).isEqualTo(Map.of("p", TODAY.minusDays(1), "q", TODAY));
    }

    @Test
    void replacingDaysReplacesTheFirstDay() {
        record(event("c", "m", "1"));
        Series cell = series("c", "m");
        replaceDays(Map.of(new Day("p", TODAY.plusDays(1)), Map.of(cell, BigDecimal.ONE)));
        assertThat(totals.snapshot().firstDays()).isEqualTo(Map.of("p", TODAY.plusDays(1)));
    }

    private void replaceDays(Map<Day, Map<Series, BigDecimal>> days) {
        totals.replace("p", LongPromptRules.NONE, days, CountedWindows.NONE, Map.of(), List.of());
    }
}
