package io.usageexporter.totals;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Totals of events that a test records, numbered as the ledger does. */
abstract class TotalsTestBase {
    static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    static final LocalDate TODAY = LocalDate.parse("2026-11-24");
    static final Measure UNITS = Measure.of("compute_units");

    final Totals totals = new Totals(TODAY.minusDays(80));
    long lastNumber;

    static List<UsageEvent> numbered(String category, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> event(category + " " + i, "m", "1"))
                .toList();
    }

    final void record(UsageEvent... events) {
        recordAll(List.of(events));
    }

    final void recordAll(List<UsageEvent> events) {
        apply(events.stream().map(this::recorded).toArray(RecordedEvent[]::new));
    }

    final void apply(RecordedEvent... events) {
        totals.apply(totals.plan(List.of(events)));
    }

    final RecordedEvent recorded(UsageEvent event) {
        return new RecordedEvent(++lastNumber, event, NOW, Source.API);
    }

    static UsageEvent event(String category, String model, String units) {
        return event(category, model, units, NOW);
    }

    static UsageEvent event(String category, String model, String units, Instant at) {
        return new UsageEvent(null, "p", category, model, at, usage(units));
    }

    static Usage usage(String units) {
        return Usage.of(Map.of(UNITS, Amount.of(new BigDecimal(units))));
    }

    static Series series(String category, String model) {
        return new Series("p", category, model, UNITS);
    }

    final BigDecimal day(String date) {
        var units = new ArrayList<BigDecimal>();
        WindowCalendar calendar = WindowCalendar.of(ZoneOffset.UTC, 1);
        totals.snapshot()
                .forEachPart(
                        "p",
                        Window.DAILY,
                        calendar.containing(Window.DAILY, LocalDate.parse(date)),
                        (key, day, cells) -> units.addAll(cells.values()));
        return total(units);
    }

    static BigDecimal total(Collection<BigDecimal> units) {
        return units.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    final List<String> categories() {
        return totals.snapshot().series().keySet().stream()
                .map(Series::category)
                .distinct()
                .toList();
    }
}
