package io.usageexporter.totals;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.totals.Label.Dimension;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class TotalsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-11-24");
    private static final Measure UNITS = Measure.of("compute_units");

    private final Totals totals = new Totals(TODAY.minusDays(80));
    private long lastNumber;

    private void bound(int max, List<String> configured) {
        totals.configure("p", ZoneOffset.UTC, configured, new SeriesBound(max, List.of(UNITS)), lastNumber + 1);
    }

    private static List<UsageEvent> numbered(String category, String model, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> event(category, model + " " + i, "1"))
                .toList();
    }

    private BigDecimal total() {
        return totals.snapshot().series().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private BigDecimal sumOf(String category) {
        return totals.snapshot().series().entrySet().stream()
                .filter(entry -> entry.getKey().category().equals(category))
                .map(Map.Entry::getValue)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private void record(UsageEvent... events) {
        recordAll(List.of(events));
    }

    private void recordAll(List<UsageEvent> events) {
        apply(events.stream().map(this::recorded).toArray(RecordedEvent[]::new));
    }

    private void apply(RecordedEvent... events) {
        totals.apply(totals.plan(List.of(events)));
    }

    private RecordedEvent recorded(UsageEvent event) {
        return new RecordedEvent(++lastNumber, event, NOW, Source.API);
    }

    private static List<UsageEvent> numbered(String category, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> event(category + " " + i, "m", "1"))
                .toList();
    }

    private static UsageEvent event(String category, String model, String units) {
        return event(category, model, units, NOW);
    }

    private static UsageEvent event(String category, String model, String units, Instant at) {
        return new UsageEvent(null, "p", category, model, at, usage(units));
    }

    private static Usage usage(String units) {
        return Usage.of(Map.of(UNITS, Amount.of(new BigDecimal(units))));
    }

    private static Series series(String category, String model) {
        return new Series("p", category, model, UNITS);
    }

    private BigDecimal day(String date) {
        var units = new ArrayList<BigDecimal>();
        LocalDate day = LocalDate.parse(date);
        totals.snapshot().forEachCell("p", day, day.plusDays(1), (cell, amount) -> units.add(amount));
        return total(units);
    }

    private static BigDecimal total(Collection<BigDecimal> units) {
        return units.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private List<String> categories() {
        return totals.snapshot().series().keySet().stream()
                .map(Series::category)
                .distinct()
                .toList();
    }

    private List<String> models() {
        return totals.snapshot().series().keySet().stream()
                .map(Series::model)
                .distinct()
                .toList();
    }

    @Nested
    class Sums {
        @Test
        void sumsByCategoryModelAndMeasure() {
            record(event("instagram", "m1", "0.1"), event("instagram", "m1", "0.2"), event("tiktok", "m1", "5"));
            record(event("instagram", "m2", "7"), event("instagram", "m1", "0.3"));
            assertThat(totals.snapshot().series())
                    .containsOnlyKeys(series("instagram", "m1"), series("tiktok", "m1"), series("instagram", "m2"))
                    .hasEntrySatisfying(
                            series("instagram", "m1"),
                            units -> assertThat(units).isEqualByComparingTo("0.6"))
                    .hasEntrySatisfying(
                            series("tiktok", "m1"), units -> assertThat(units).isEqualByComparingTo("5"))
                    .hasEntrySatisfying(
                            series("instagram", "m2"),
                            units -> assertThat(units).isEqualByComparingTo("7"));
        }

        @Test
        void eachTokenKindHasItsOwnSeries() {
            Usage usage = Usage.of(Map.of(
                    Measure.tokens(TokenKind.INPUT), Amount.of(3), Measure.tokens(TokenKind.OUTPUT), Amount.of(4)));
            record(new UsageEvent(null, "p", "c", "m", NOW, usage));
            assertThat(totals.snapshot().series())
                    .containsOnlyKeys(
                            new Series("p", "c", "m", Measure.tokens(TokenKind.INPUT)),
                            new Series("p", "c", "m", Measure.tokens(TokenKind.OUTPUT)));
        }

        @Test
        void daysAreInTheProvidersZone() {
            totals.configure("p", ZoneId.of("Pacific/Kiritimati"), List.of(), SeriesBound.DEFAULT, 1);
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
                    .containsOnlyKeys(new CategoryMeasure("a", UNITS), new CategoryMeasure("b", UNITS))
                    .hasEntrySatisfying(
                            new CategoryMeasure("a", UNITS),
                            units -> assertThat(units).isEqualByComparingTo("13"))
                    .hasEntrySatisfying(
                            new CategoryMeasure("b", UNITS),
                            units -> assertThat(units).isEqualByComparingTo("2"));
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
    }

    @Nested
    class Changes {
        @Test
        void unappliedChangeHasNoEffect() {
            record(event("c", "m", "1"));
            Snapshot before = totals.snapshot();
            Snapshot copy = new Snapshot(
                    Map.copyOf(before.series()),
                    Map.copyOf(before.days()),
                    Map.copyOf(before.hours()),
                    Map.copyOf(before.recorded()),
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
                    before.daysFrom(), stored, labels, Map.of(), Map.of("p", ZoneOffset.UTC), before.firstDays()));
            assertThat(restored.snapshot()).isEqualTo(before);
            restored.apply(restored.plan(List.of(recorded(event("late", "", "1")))));
            assertThat(restored.snapshot().series()).containsKey(series("other", ""));
        }
    }

    @Nested
    class LabelCap {
        @Test
        void first200CategoriesHaveSeriesAndOthersCountAsOther() {
            recordAll(numbered("category", 250));
            assertThat(categories()).hasSize(201).contains("category 0", "category 199", "other");
            assertThat(categories()).doesNotContain("category 200", "category 249");
        }

        @Test
        void first200ModelsHaveSeriesAndOthersCountAsOther() {
            recordAll(IntStream.range(0, 250)
                    .mapToObj(i -> event("c", "model " + i, "1"))
                    .toList());
            assertThat(models()).hasSize(201).contains("model 0", "model 199", "other");
            assertThat(models()).doesNotContain("model 200", "model 249");
        }

        @Test
        void category200IsNotOther() {
            recordAll(numbered("category", 200));
            assertThat(categories()).hasSize(200).doesNotContain("other");
        }

        @Test
        void sumsStayExactPastTheCap() {
            recordAll(IntStream.range(0, 1000)
                    .mapToObj(i -> event("category " + i, "model " + i, "0.100001"))
                    .toList());
            assertThat(total(totals.snapshot().series().values())).isEqualByComparingTo("100.001");
            assertThat(day("2026-11-24")).isEqualByComparingTo("100.001");
            assertThat(totals.snapshot().series().get(series("other", "other"))).isEqualByComparingTo("80.0008");
        }

        @Test
        void knownCategoryKeepsItsSeriesPastTheCap() {
            recordAll(numbered("category", 250));
            record(event("category 0", "m", "1"));
            assertThat(totals.snapshot().series().get(series("category 0", "m")))
                    .isEqualByComparingTo("2");
        }

        @Test
        void capIsPerProvider() {
            recordAll(numbered("category", 250));
            record(new UsageEvent(null, "q", "mine", "m", NOW, usage("1")));
            assertThat(totals.snapshot().series()).containsKey(new Series("q", "mine", "m", UNITS));
        }

        @Test
        void configuredCategoryIsAdmittedPastTheCap() {
            recordAll(numbered("category", 250));
            totals.configure("p", ZoneOffset.UTC, List.of("instagram"), SeriesBound.DEFAULT, lastNumber + 1);
            record(event("instagram", "m", "3"));
            assertThat(totals.snapshot().series().get(series("instagram", "m"))).isEqualByComparingTo("3");
        }

        @Test
        void all250ConfiguredCategoriesHaveSeries() {
            List<UsageEvent> events = numbered("category", 250);
            totals.configure(
                    "p",
                    ZoneOffset.UTC,
                    events.stream().map(UsageEvent::category).toList(),
                    SeriesBound.DEFAULT,
                    1);
            recordAll(events);
            assertThat(categories()).hasSize(250).doesNotContain("other");
        }

        @Test
        void categoryConfiguredLaterCountsByNameFromThenOn() {
            recordAll(numbered("category", 200));
            record(event("late", "m", "1"));
            long since = lastNumber + 1;
            totals.configure("p", ZoneOffset.UTC, List.of("late"), SeriesBound.DEFAULT, since);
            record(event("late", "m", "2"));
            assertThat(totals.snapshot().series().get(series("other", "m"))).isEqualByComparingTo("1");
            assertThat(totals.snapshot().series().get(series("late", "m"))).isEqualByComparingTo("2");
        }

        @Test
        void recountedEventKeepsItsOriginalName() {
            recordAll(numbered("category", 200));
            RecordedEvent early = recorded(event("late", "m", "1"));
            apply(early);
            totals.configure("p", ZoneOffset.UTC, List.of("late"), SeriesBound.DEFAULT, lastNumber + 1);
            RecordedEvent after = recorded(event("late", "m", "2"));
            apply(after);
            var sums = new Aggregates();
            totals.addTo(sums, early, ZoneOffset.UTC);
            totals.addTo(sums, after, ZoneOffset.UTC);
            assertThat(sums.series()).containsOnlyKeys(series("other", "m"), series("late", "m"));
        }

        @Test
        void emptyModelDoesNotCountTowardsTheCap() {
            recordAll(IntStream.range(0, 200)
                    .mapToObj(i -> event("c", "model " + i, "1"))
                    .toList());
            record(event("c", "", "1"));
            assertThat(models()).hasSize(201).contains("").doesNotContain("other");
        }

        @Test
        void categoryOtherDoesNotCountTowardsTheCap() {
            record(event("other", "m", "1"));
            recordAll(numbered("category", 200));
            assertThat(categories()).hasSize(201).contains("category 199", "other");
        }

        @Test
        void newLabelsArePartOfEachChangeUntilOneIsApplied() {
            totals.configure("p", ZoneOffset.UTC, List.of("configured"), SeriesBound.DEFAULT, 1);
            totals.plan(List.of(recorded(event("lost", "", "1"))));
            RecordedEvent second = recorded(event("c", "m", "1"));
            Totals.Change change = totals.plan(List.of(second));
            assertThat(change.labels())
                    .contains(
                            new Label("p", Dimension.CATEGORY, "configured", 1),
                            new Label("p", Dimension.CATEGORY, "c", second.number()),
                            new Label("p", Dimension.MODEL, "m", second.number()));
            totals.apply(change);
            assertThat(totals.plan(List.of(recorded(event("c", "m", "1")))).labels())
                    .isEmpty();
        }

        @Test
        void labelsOfAnUnappliedChangeAreNotAdmitted() {
            totals.plan(numbered("lost", 200).stream()
                    .map(TotalsTest.this::recorded)
                    .toList());
            recordAll(numbered("category", 200));
            assertThat(categories()).hasSize(200).contains("category 199").doesNotContain("other");
        }
    }

    @Nested
    class SeriesBounds {
        @Test
        void pastTheBoundNewModelsCountAsOther() {
            bound(100, List.of());
            for (int category = 0; category < 10; category++) {
                recordAll(numbered("c" + category, "model", 30));
            }
            assertThat(totals.snapshot().series())
                    .hasSizeLessThanOrEqualTo(100)
                    .containsKeys(series("c0", "model 0"), series("c2", "model 29"), series("c9", "other"))
                    .doesNotContainKey(series("c9", "model 0"));
            assertThat(sumOf("c9")).isEqualByComparingTo("30");
            assertThat(categories()).hasSize(10);
        }

        @Test
        void pastTheReserveNewCategoriesCountAsOtherToo() {
            bound(100, List.of());
            recordAll(numbered("c", "model", 95));
            recordAll(numbered("category", 150));
            assertThat(totals.snapshot().series()).hasSize(100).containsKey(series("other", "other"));
            assertThat(total()).isEqualByComparingTo("245");
        }

        @Test
        void configuredCategoryHasItsSeriesPastTheBound() {
            bound(100, List.of("configured"));
            recordAll(numbered("c", "model", 150));
            record(event("configured", "", "1"));
            assertThat(totals.snapshot().series()).hasSizeLessThanOrEqualTo(100).containsKey(series("configured", ""));
        }

        @Test
        void existingSeriesSurviveALoweredBound() {
            recordAll(numbered("c", "model", 150));
            bound(100, List.of());
            recordAll(numbered("c", "model", 150));
            record(event("new", "m", "1"));
            assertThat(totals.snapshot().series())
                    .hasSize(151)
                    .hasEntrySatisfying(
                            series("c", "model 149"), units -> assertThat(units).isEqualByComparingTo("2"))
                    .containsKey(series("other", "other"));
        }

        @Test
        void boundIsPerProvider() {
            bound(100, List.of());
            recordAll(numbered("c", "model", 150));
            record(new UsageEvent(null, "q", "c", "m", NOW, usage("1")));
            assertThat(totals.snapshot().series()).containsKey(new Series("q", "c", "m", UNITS));
        }
    }

    @Nested
    class Retention {
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
            CategoryMeasure cell = new CategoryMeasure("c", UNITS);
            totals.replaceDays("p", Map.of(new Day("p", TODAY.minusDays(1)), Map.of(cell, BigDecimal.ONE)));
            assertThat(totals.snapshot().days())
                    .containsOnlyKeys(new Day("p", TODAY.minusDays(1)), new Day("q", TODAY));
            assertThat(totals.snapshot().firstDays()).isEqualTo(Map.of("p", TODAY.minusDays(1), "q", TODAY));
        }

        @Test
        void replacingDaysReplacesTheFirstDay() {
            record(event("c", "m", "1"));
            CategoryMeasure cell = new CategoryMeasure("c", UNITS);
            totals.replaceDays("p", Map.of(new Day("p", TODAY.plusDays(1)), Map.of(cell, BigDecimal.ONE)));
            assertThat(totals.snapshot().firstDays()).isEqualTo(Map.of("p", TODAY.plusDays(1)));
        }
    }
}
