package io.usageexporter.totals;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.totals.Label.Dimension;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CardinalityLimiterTest extends TotalsTestBase {
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
        assertThat(totals.snapshot().series().get(series("category 0", "m"))).isEqualByComparingTo("2");
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
        totals.configure("p", ZoneOffset.UTC, List.of("instagram"), List.of(), SeriesBound.DEFAULT, lastNumber + 1);
        record(event("instagram", "m", "3"));
        assertThat(totals.snapshot().series().get(series("instagram", "m"))).isEqualByComparingTo("3");
    }

    @Test
    void configuredConsumerIsAdmittedPastTheCap() {
        totals.configure("p", ZoneOffset.UTC, List.of(), List.of("growth"), SeriesBound.DEFAULT, 1);
        recordAll(IntStream.range(0, 250)
                .mapToObj(i -> ofConsumer("consumer " + i))
                .toList());
        recordAll(List.of(ofConsumer("growth"), ofConsumer("search")));
        assertThat(totals.snapshot().series())
                .hasSize(201)
                .containsKeys(
                        new Series("p", "c", "growth", "m", "", UNITS), new Series("p", "c", "other", "m", "", UNITS));
    }

    private static UsageEvent ofConsumer(String consumer) {
        return new UsageEvent(null, "p", "c", consumer, "m", Pricing.STANDARD, NOW, usage("1"));
    }

    @Test
    void all250ConfiguredCategoriesHaveSeries() {
        List<UsageEvent> events = numbered("category", 250);
        totals.configure(
                "p",
                ZoneOffset.UTC,
                events.stream().map(UsageEvent::category).toList(),
                List.of(),
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
        totals.configure("p", ZoneOffset.UTC, List.of("late"), List.of(), SeriesBound.DEFAULT, since);
        record(event("late", "m", "2"));
        assertThat(totals.snapshot().series().get(series("other", "m"))).isEqualByComparingTo("1");
        assertThat(totals.snapshot().series().get(series("late", "m"))).isEqualByComparingTo("2");
    }

    @Test
    void recountedEventKeepsItsOriginalName() {
        recordAll(numbered("category", 200));
        RecordedEvent early = recorded(event("late", "m", "1"));
        apply(early);
        totals.configure("p", ZoneOffset.UTC, List.of("late"), List.of(), SeriesBound.DEFAULT, lastNumber + 1);
        RecordedEvent after = recorded(event("late", "m", "2"));
        apply(after);
        Recount recount = totals.recount();
        recount.add(early);
        recount.add(after);
        assertThat(recount.sums().series()).containsOnlyKeys(series("other", "m"), series("late", "m"));
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
        totals.configure("p", ZoneOffset.UTC, List.of("configured"), List.of(), SeriesBound.DEFAULT, 1);
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
        totals.plan(numbered("lost", 200).stream().map(this::recorded).toList());
        recordAll(numbered("category", 200));
        assertThat(categories()).hasSize(200).contains("category 199").doesNotContain("other");
    }

    private List<String> models() {
        return totals.snapshot().series().keySet().stream()
                .map(Series::model)
                .distinct()
                .toList();
    }
}
