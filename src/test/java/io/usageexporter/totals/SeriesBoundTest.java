package io.usageexporter.totals;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesBoundTest extends TotalsTestBase {
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
        assertThat(sumOf("c9", Series::category)).isEqualByComparingTo("30");
        assertThat(categories()).hasSize(10);
    }

    @Test
    void pastTheReserveNewCategoriesCountAsOtherToo() {
        bound(100, List.of());
        recordAll(numbered("c", "model", 95));
        recordAll(numbered("category", 150));
        assertThat(totals.snapshot().series()).hasSize(99).containsKey(series("other", "other"));
        assertThat(total()).isEqualByComparingTo("245");
    }

    @Test
    void pastTheReserveConsumersCountAsOtherWithTheSumsExact() {
        bound(100, List.of());
        recordAll(numbered("c", "model", 95));
        for (int i = 0; i < 150; i++) {
            record(new UsageEvent(
                    null, "p", "category " + i, "consumer " + i, "m", Pricing.of("batch"), NOW, usage("1")));
        }
        assertThat(totals.snapshot().series())
                .hasSize(99)
                .containsKey(new Series("p", "other", "other", "other", "", UNITS));
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
    void configuredConsumerKeepsItsNamePastTheBound() {
        totals.configure(
                "p", ZoneOffset.UTC, List.of(), List.of("growth", "idle"), new SeriesBound(100, List.of(UNITS)), 1);
        recordAll(numbered("c", "model", 150));
        for (int i = 0; i < 150; i++) {
            record(
                    ofConsumer("growth", "category " + i, "model " + i),
                    ofConsumer("search", "category " + i, "model " + i));
        }
        assertThat(totals.snapshot().series()).hasSizeLessThanOrEqualTo(100);
        assertThat(sumOf("growth", Series::consumer)).isEqualByComparingTo("150");
        assertThat(sumOf("other", Series::consumer)).isEqualByComparingTo("150");
        assertThat(total()).isEqualByComparingTo("450");
    }

    @Test
    void recountedEventsCountInTheSameSeriesAfterTheConsumerIsConfiguredNoMore() {
        recordAll(numbered("c", "model", 99));
        var events = new ArrayList<RecordedEvent>();
        for (List<String> consumers : List.of(List.of("growth"), List.<String>of(), List.of("growth", "search"))) {
            totals.configure(
                    "p", ZoneOffset.UTC, List.of(), consumers, new SeriesBound(100, List.of(UNITS)), lastNumber + 1);
            for (int i = 0; i < 5; i++) {
                events.add(recorded(ofConsumer("growth", "category " + i, "m")));
                events.add(recorded(ofConsumer("search", "category " + i, "m")));
            }
            apply(events.subList(events.size() - 10, events.size()).toArray(RecordedEvent[]::new));
        }
        Recount recount = totals.recount();
        events.forEach(recount::add);
        recount.sums()
                .series()
                .forEach(
                        (series, units) -> assertThat(totals.snapshot().series().get(series))
                                .as(series.toString())
                                .isEqualByComparingTo(units));
    }

    private static UsageEvent ofConsumer(String consumer, String category, String model) {
        return new UsageEvent(null, "p", category, consumer, model, Pricing.STANDARD, NOW, usage("1"));
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

    private void bound(int max, List<String> configured) {
        totals.configure(
                "p", ZoneOffset.UTC, configured, List.of(), new SeriesBound(max, List.of(UNITS)), lastNumber + 1);
    }

    private static List<UsageEvent> numbered(String category, String model, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> event(category, model + " " + i, "1"))
                .toList();
    }

    private BigDecimal total() {
        return totals.snapshot().series().values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private BigDecimal sumOf(String name, Function<Series, String> dimension) {
        return totals.snapshot().series().entrySet().stream()
                .filter(entry -> dimension.apply(entry.getKey()).equals(name))
                .map(Map.Entry::getValue)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
