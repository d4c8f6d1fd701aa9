package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The totals after some commit: complete, immutable, shared by all readers. The parts are those of {@link Aggregates}.
 *
 * @param hours of the last weeks only; see {@link Totals#firstHourKept}
 * @param daysFrom the first date included; earlier days are only in the ledger
 * @param firstDays the first day with usage of each provider, whether included or not
 */
public record Snapshot(
        Map<Series, BigDecimal> series,
        Map<Day, Map<Series, BigDecimal>> days,
        Map<Hour, Map<Measure, HourTotal>> hours,
        Map<Source, Long> recorded,
        Map<String, Instant> lastEvent,
        LocalDate daysFrom,
        Map<String, LocalDate> firstDays) {

    /** How many events were recorded. */
    public long events() {
        return recorded.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Calls back for every cell of a provider from one date to before another. */
    public void forEachCell(String provider, LocalDate from, LocalDate until, BiConsumer<Series, BigDecimal> action) {
        for (LocalDate date = from; date.isBefore(until); date = date.plusDays(1)) {
            days.getOrDefault(new Day(provider, date), Map.of()).forEach(action);
        }
    }

    /** The same totals with other days, read from the ledger for a past window. */
    public Snapshot withDays(Map<Day, Map<Series, BigDecimal>> otherDays, LocalDate from) {
        return new Snapshot(series, otherDays, hours, recorded, lastEvent, from, firstDays);
    }

    /** The same totals with other hours, read from the ledger for a past window. */
    public Snapshot withHours(Map<Hour, Map<Measure, HourTotal>> otherHours) {
        return new Snapshot(series, days, otherHours, recorded, lastEvent, daysFrom, firstDays);
    }

    /** The same totals plus some earlier days from the ledger, where they no longer change. */
    public Snapshot withOlderDays(Map<Day, Map<Series, BigDecimal>> olderDays) {
        var all = new HashMap<>(olderDays);
        all.putAll(days);
        return withDays(all, daysFrom);
    }
}
