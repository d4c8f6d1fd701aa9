package io.usageexporter.totals;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Events whose cost becomes known later, where their names or series have reached a bound. */
class RepricingTest extends TotalsTestBase {
    private final List<List<RecordedEvent>> events = new ArrayList<>();

    private void use(String model, String pricing) {
        var event = new UsageEvent(null, "p", "c", "", model, Pricing.of(pricing), NOW, units("1"));
        RecordedEvent recorded = recorded(event);
        apply(recorded);
        events.add(new ArrayList<>(List.of(recorded)));
    }

    /** The cost of an event becomes known. */
    private void report(int index) {
        List<RecordedEvent> rows = events.get(index);
        UsageEvent first = rows.get(0).event();
        Pricing after = first.pricing().derived(true, false);
        Usage usd = Usage.of(Map.of(Measure.of(Measure.USD), Amount.of(2)));
        var event = new UsageEvent(null, "p", "c", "", first.model(), first.pricing(), NOW, usd);
        var amendment = new RecordedEvent(
                ++lastNumber, event, NOW, Source.API, rows.get(0).number(), after);
        totals.apply(
                totals.plan(List.of(amendment), List.of(new Repricing(List.copyOf(rows), first.pricing(), after))));
        rows.add(amendment);
    }

    private static Usage units(String units) {
        return Usage.of(Map.of(UNITS, Amount.of(new BigDecimal(units))));
    }

    /** The cells of today, which must be those that a recount of all events gives. */
    private Map<String, Integer> today() {
        Recount recount = totals.recount();
        events.forEach(rows -> rows.forEach(recount::add));
        events.forEach(recount::complete);
        Map<String, Integer> today = text(totals.snapshot().days().getOrDefault(new Day("p", TODAY), Map.of()));
        assertThat(today).isEqualTo(text(recount.sums().days().getOrDefault(new Day("p", TODAY), Map.of())));
        return today;
    }

    private static Map<String, Integer> text(Map<Series, BigDecimal> cells) {
        var text = new TreeMap<String, Integer>();
        cells.forEach((series, units) ->
                text.put(series.model() + ":" + series.pricing() + " " + series.measure(), units.intValueExact()));
        return text;
    }

    @Test
    void amountsMoveToTheirNewPriceWithinTheDay() {
        use("m", "");
        use("m", "");
        use("m", "batch");
        report(0);
        report(2);

        assertThat(today())
                .isEqualTo(Map.of(
                        "m: compute_units", 1,
                        "m:reported compute_units", 1,
                        "m:reported usd", 2,
                        "m:batch+reported compute_units", 1,
                        "m:batch+reported usd", 2));
    }

    @Test
    void amountsOfModelsPastTheBoundStayTogether() {
        totals.configure("p", ZoneOffset.UTC, List.of(), List.of(), new SeriesBound(100, List.of(UNITS)), 1);
        IntStream.range(0, 120).forEach(i -> use("m" + i, ""));
        report(0);
        report(119);

        assertThat(today())
                .containsEntry("m0:reported compute_units", 1)
                .doesNotContainKey("m0: compute_units")
                .containsEntry("other: compute_units", 30)
                .containsEntry("other: usd", 4);
    }

    @Test
    void amountsAtPricingsPastTheCapStayTogether() {
        IntStream.range(0, 210).forEach(i -> use("m", "a" + i));
        report(0);
        report(209);

        assertThat(today())
                .containsEntry("m:a0+reported compute_units", 1)
                .doesNotContainKey("m:a0 compute_units")
                .containsEntry("m:other compute_units", 10)
                .containsEntry("m:other usd", 4);
    }
}
