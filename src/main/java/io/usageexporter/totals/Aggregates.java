package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.totals.Label.Dimension;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Sums over events; the only place where events are added up. The maps are mutable and owned by the caller. Not
 * thread-safe.
 *
 * @param series all usage ever, by counter
 * @param days the same by calendar day of the provider
 * @param hours the same by hour, without the category, for the forecast
 * @param windows the same by part of an hour or a session, where these are counted
 * @param recorded how many events each source recorded
 * @param undone how many of these were undone
 * @param lastEvent the instant of the newest usage of each provider
 */
public record Aggregates(
        Map<Series, BigDecimal> series,
        Map<Day, Map<Series, BigDecimal>> days,
        Map<Hour, Map<Measure, HourTotal>> hours,
        Map<WindowPart, Map<Series, BigDecimal>> windows,
        Map<Source, Long> recorded,
        Map<Source, Long> undone,
        Map<String, Instant> lastEvent) {

    /** Nothing yet. */
    public Aggregates() {
        this(
                new HashMap<>(),
                new HashMap<>(),
                new HashMap<>(),
                new HashMap<>(),
                new HashMap<>(),
                new HashMap<>(),
                new HashMap<>());
    }

    /** Forgets all sums. */
    void clear() {
        List.of(series, days, hours, windows, recorded, undone, lastEvent).forEach(Map::clear);
    }

    /**
     * Adds an event on its day in this zone.
     *
     * @param windows the parts of hours and sessions that it counts in
     * @param names maps a series to the one that is exported in its place
     */
    void add(
            RecordedEvent recordedEvent,
            Naming naming,
            ZoneId zone,
            List<WindowPart> windows,
            UnaryOperator<Series> names) {
        var amounts = new HashMap<Measure, HourTotal>();
        recordedEvent
                .event()
                .usage()
                .forEach((measure, amount) -> amounts.put(measure, HourTotal.of(amount.units(), recordedEvent.at())));
        add(key(recordedEvent, naming, zone, windows), amounts, names);
        note(recordedEvent);
    }

    /** Adds a row of an event that was undone: to its counters, and to what bounds the usage of its hour. */
    void addUndone(RecordedEvent row, AggregationKey key, UnaryOperator<Series> names) {
        Map<Measure, HourTotal> hour = hour(key);
        row.event().usage().forEach((measure, amount) -> {
            series.merge(names.apply(key.series(measure)), amount.units(), BigDecimal::add);
            hour.merge(measure, HourTotal.of(BigDecimal.ZERO, row.at()), HourTotal::plus);
        });
        note(row);
        if (!row.isAmendment()) {
            undone.merge(row.source(), 1L, Math::addExact);
        }
    }

    /** Takes a row of an event that is undone back from all but the counters. */
    void undo(RecordedEvent row, AggregationKey key, UnaryOperator<Series> names) {
        Map<Series, BigDecimal> day = day(key);
        Map<Measure, HourTotal> hour = hour(key);
        row.event().usage().forEach((measure, amount) -> {
            BigDecimal less = amount.units().negate();
            Series exported = names.apply(key.series(measure));
            day.merge(exported, less, Aggregates::sumOrNothing);
            hour.merge(measure, HourTotal.of(less, row.at()), HourTotal::plus);
            for (WindowPart part : key.windows()) {
                windows.computeIfAbsent(part, absent -> new HashMap<>())
                        .merge(exported, less, Aggregates::sumOrNothing);
            }
        });
        if (!row.isAmendment()) {
            undone.merge(row.source(), 1L, Math::addExact);
        }
    }

    private Map<Series, BigDecimal> day(AggregationKey key) {
        return days.computeIfAbsent(new Day(key.provider(), key.date()), absent -> new HashMap<>());
    }

    private Map<Measure, HourTotal> hour(AggregationKey key) {
        return hours.computeIfAbsent(new Hour(key.provider(), key.hour()), absent -> new HashMap<>());
    }

    /** Moves the amounts of a row to another price, but for series that stand for several, and counters. */
    void reprice(RecordedEvent row, AggregationKey key, Pricing before, Pricing after, UnaryOperator<Series> names) {
        row.event().usage().forEach((measure, amount) -> {
            Series wanted = key.series(measure);
            Series exported = names.apply(wanted);
            if (exported.equals(wanted) && !exported.pricing().equals(Label.OTHER)) {
                move(day(key), exported, before, after, amount.units());
                for (WindowPart part : key.windows()) {
                    move(
                            windows.computeIfAbsent(part, absent -> new HashMap<>()),
                            exported,
                            before,
                            after,
                            amount.units());
                }
            }
        });
    }

    private static void move(
            Map<Series, BigDecimal> cells, Series exported, Pricing before, Pricing after, BigDecimal units) {
        cells.merge(exported.at(before), units.negate(), Aggregates::sumOrNothing);
        cells.merge(exported.at(after), units, Aggregates::sumOrNothing);
    }

    /** The sum, or null for 0, which removes a key from a map. */
    static @Nullable BigDecimal sumOrNothing(BigDecimal a, BigDecimal b) {
        BigDecimal sum = a.add(b);
        return sum.signum() == 0 ? null : sum;
    }

    /** Maps the names of an event to exported ones. */
    interface Naming {
        String exported(Dimension dimension, String name);
    }

    static AggregationKey key(RecordedEvent recorded, Naming naming, ZoneId zone, List<WindowPart> windows) {
        UsageEvent event = recorded.event();
        Instant at = recorded.at();
        return new AggregationKey(
                event.provider(),
                naming.exported(Dimension.CATEGORY, event.category()),
                naming.exported(Dimension.CONSUMER, event.consumer()),
                naming.exported(Dimension.MODEL, event.model()),
                naming.exported(Dimension.PRICING, recorded.counted().text()),
                LocalDate.ofInstant(at, zone),
                Hour.number(at),
                windows);
    }

    /** Adds amounts under a key. */
    void add(AggregationKey key, Map<Measure, HourTotal> amounts, UnaryOperator<Series> names) {
        Map<Series, BigDecimal> day = day(key);
        Map<Measure, HourTotal> hour = hour(key);
        amounts.forEach((measure, total) -> {
            BigDecimal units = total.units();
            Series exported = names.apply(key.series(measure));
            series.merge(exported, units, BigDecimal::add);
            day.merge(exported, units, BigDecimal::add);
            hour.merge(measure, total, HourTotal::plus);
            for (WindowPart part : key.windows()) {
                windows.computeIfAbsent(part, absent -> new HashMap<>()).merge(exported, units, BigDecimal::add);
            }
        });
    }

    /** Counts an event whose amounts are added elsewhere. */
    void note(RecordedEvent recordedEvent) {
        String provider = recordedEvent.event().provider();
        Instant at = recordedEvent.at();
        if (!recordedEvent.isAmendment()) {
            recorded.merge(recordedEvent.source(), 1L, Math::addExact);
        }
        lastEvent.merge(provider, at, (a, b) -> a.isAfter(b) ? a : b);
    }

    /** Adds an event to its hour only. */
    public void addToHour(RecordedEvent recorded) {
        var key = new Hour(recorded.event().provider(), Hour.number(recorded.at()));
        Map<Measure, HourTotal> hour = hours.computeIfAbsent(key, absent -> new HashMap<>());
        recorded.event()
                .usage()
                .forEach((measure, amount) ->
                        hour.merge(measure, HourTotal.of(amount.units(), recorded.at()), HourTotal::plus));
    }
}
