package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Sums over events, the one place where an event is added to anything. The maps are open to the caller and belong to
 * it. Not thread-safe.
 *
 * @param series everything ever used, by counter
 * @param days the same by calendar day of the provider, without the model
 * @param hours the same by hour, without the category; the forecast learns from them
 * @param recorded how many events came in by each source
 * @param lastEvent the instant of the newest use of each provider
 */
public record Aggregates(
        Map<Series, BigDecimal> series,
        Map<Day, Map<CategoryMeasure, BigDecimal>> days,
        Map<Hour, Map<Measure, HourTotal>> hours,
        Map<Source, Long> recorded,
        Map<String, Instant> lastEvent) {

    /** Nothing yet. */
    public Aggregates() {
        this(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
    }

    /**
     * Adds an event under the category and model as which it counts, on its day in this zone.
     *
     * @param names gives the series in which what would be of another is counted
     */
    void add(RecordedEvent recordedEvent, String category, String model, ZoneId zone, UnaryOperator<Series> names) {
        var amounts = new HashMap<Measure, HourTotal>();
        recordedEvent
                .event()
                .usage()
                .forEach((measure, amount) -> amounts.put(measure, HourTotal.of(amount.units(), recordedEvent.at())));
        add(place(recordedEvent, category, model, zone), amounts, names);
        note(recordedEvent);
    }

    static AggregationKey place(RecordedEvent recorded, String category, String model, ZoneId zone) {
        Instant at = recorded.at();
        return new AggregationKey(
                recorded.event().provider(), category, model, LocalDate.ofInstant(at, zone), Hour.number(at));
    }

    /** Adds amounts. */
    void add(AggregationKey place, Map<Measure, HourTotal> amounts, UnaryOperator<Series> names) {
        String provider = place.provider();
        Map<CategoryMeasure, BigDecimal> day =
                days.computeIfAbsent(new Day(provider, place.date()), key -> new HashMap<>());
        Map<Measure, HourTotal> hour = hours.computeIfAbsent(new Hour(provider, place.hour()), key -> new HashMap<>());
        amounts.forEach((measure, total) -> {
            BigDecimal units = total.units();
            series.merge(names.apply(place.series(measure)), units, BigDecimal::add);
            day.merge(new CategoryMeasure(place.category(), measure), units, BigDecimal::add);
            hour.merge(measure, total, HourTotal::plus);
        });
    }

    /** Counts an event whose amounts are added elsewhere. */
    void note(RecordedEvent recordedEvent) {
        String provider = recordedEvent.event().provider();
        Instant at = recordedEvent.at();
        if (!recordedEvent.isRaise()) {
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
