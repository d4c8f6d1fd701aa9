package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The totals after some commit: complete, immutable, shared by all readers. The parts are those of {@link Aggregates}.
 *
 * @param hours of the last weeks only; see {@link Totals#firstHourKept}
 * @param windows those that may be current
 * @param daysFrom the first date included; earlier days are only in the ledger
 * @param firstDays the first day with usage of each provider, whether included or not
 */
public record Snapshot(
        Map<Series, BigDecimal> series,
        Map<Day, Map<Series, BigDecimal>> days,
        Map<Hour, Map<Measure, HourTotal>> hours,
        WindowTotals windows,
        Map<Source, Long> recorded,
        Map<Source, Long> undone,
        Map<String, Instant> lastEvent,
        LocalDate daysFrom,
        Map<String, LocalDate> firstDays) {

    /** How many events were recorded. */
    public long events() {
        return recorded.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The window of a provider that contains an instant; null if it is a session and none is running then. */
    public @Nullable Span window(String provider, Window window, WindowCalendar calendar, Instant at) {
        return window == Window.SESSION
                ? windows.session(provider, calendar.zone(), at)
                : calendar.containing(window, at);
    }

    /** Receives the usage on one date in a window. */
    public interface PartConsumer {
        /**
         * Called once for each date.
         *
         * @param key the {@link Day} or {@link WindowPart} whose usage it is
         */
        void accept(Record key, LocalDate date, Map<Series, BigDecimal> cells);
    }

    /** Calls back for each date with usage in a window of a provider, since prices hold by the day. */
    public void forEachPart(String provider, Window window, Span span, PartConsumer action) {
        if (!window.isOfDays()) {
            windows.forEachPart(provider, window, span.startsAt(), action);
            return;
        }
        for (LocalDate date = span.from(); date.isBefore(span.until()); date = date.plusDays(1)) {
            var day = new Day(provider, date);
            Map<Series, BigDecimal> cells = days.get(day);
            if (cells != null) {
                action.accept(day, date, cells);
            }
        }
    }

    /** The same totals with other days, read from the ledger for a past window. */
    public Snapshot withDays(Map<Day, Map<Series, BigDecimal>> otherDays, LocalDate from) {
        return new Snapshot(series, otherDays, hours, windows, recorded, undone, lastEvent, from, firstDays);
    }

    /** The same totals with other hours, read from the ledger for a past window. */
    public Snapshot withHours(Map<Hour, Map<Measure, HourTotal>> otherHours) {
        return new Snapshot(series, days, otherHours, windows, recorded, undone, lastEvent, daysFrom, firstDays);
    }

    /** The same totals with more windows, read from the ledger. */
    public Snapshot withWindows(Map<WindowPart, Map<Series, BigDecimal>> others) {
        return new Snapshot(
                series, days, hours, windows.with(others), recorded, undone, lastEvent, daysFrom, firstDays);
    }

    /** The same totals plus some earlier days from the ledger, where they no longer change. */
    public Snapshot withOlderDays(Map<Day, Map<Series, BigDecimal>> olderDays) {
        var all = new HashMap<>(olderDays);
        all.putAll(days);
        return withDays(all, daysFrom);
    }
}
