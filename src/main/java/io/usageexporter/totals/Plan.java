package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Adds up new events under the names that they will count as, without changing anything yet. Used once, while nothing else
 * changes the totals. Not thread-safe.
 */
final class Plan {
    private final CardinalityLimiter labels;
    private final SeriesNames seriesNames;
    private final RecentWindows windows;
    private final Function<String, ZoneId> zones;
    private final CardinalityLimiter.Admission names;
    private final SeriesNames.Admission series;
    private final Sessions sessions;
    private final Aggregates added = new Aggregates();
    private final Map<String, ZoneId> changedZones = new HashMap<>();

    /** @param zones of each provider's days */
    Plan(CardinalityLimiter labels, SeriesNames seriesNames, RecentWindows windows, Function<String, ZoneId> zones) {
        this.labels = labels;
        this.seriesNames = seriesNames;
        this.windows = windows;
        this.zones = zones;
        names = labels.admission();
        series = seriesNames.admission();
        sessions = windows.planned();
    }

    /** Adds all new events. */
    void add(List<RecordedEvent> events) {
        var byKey = new HashMap<AggregationKey, Map<Measure, RunningTotal>>();
        RecordedEvent previous = null;
        AggregationKey key = null;
        Map<Measure, RunningTotal> amounts = Map.of();
        for (RecordedEvent recorded : events) {
            List<WindowPart> parts = windows.partsOf(recorded, zones, sessions);
            if (key == null || previous == null || !hasSameKey(previous, recorded) || !parts.equals(key.windows())) {
                key = admit(recorded, parts);
                amounts = byKey.computeIfAbsent(key, absent -> new HashMap<>());
            }
            previous = recorded;
            addAmounts(recorded, key, amounts);
            added.note(recorded);
        }
        byKey.forEach((each, running) -> added.add(each, totals(running), series::chosen));
    }

    private AggregationKey admit(RecordedEvent recorded, List<WindowPart> parts) {
        UsageEvent event = recorded.event();
        ZoneId zone = zones.apply(event.provider());
        changedZones.put(event.provider(), zone);
        return Aggregates.key(
                recorded,
                (dimension, name) -> names.admit(event.provider(), dimension, name, recorded.number()),
                zone,
                parts);
    }

    /** Whether two events certainly share their key, as most of a group do. Zone offsets are whole seconds. */
    private static boolean hasSameKey(RecordedEvent a, RecordedEvent b) {
        return a.at().getEpochSecond() == b.at().getEpochSecond()
                && a.event().provider().equals(b.event().provider())
                && a.event().category().equals(b.event().category())
                && a.event().consumer().equals(b.event().consumer())
                && a.event().model().equals(b.event().model())
                && a.counted().equals(b.counted());
    }

    private void addAmounts(RecordedEvent recorded, AggregationKey key, Map<Measure, RunningTotal> amounts) {
        Instant at = recorded.at();
        recorded.event().usage().forEach((measure, amount) -> {
            RunningTotal total = amounts.get(measure);
            if (total == null) {
                total = new RunningTotal(at);
                amounts.put(measure, total);
                series.admit(key.series(measure), recorded.number());
            }
            total.add(amount, at);
        });
    }

    private static Map<Measure, HourTotal> totals(Map<Measure, RunningTotal> amounts) {
        var totals = new HashMap<Measure, HourTotal>();
        amounts.forEach((measure, total) -> totals.put(measure, total.total()));
        return totals;
    }

    /**
     * Moves events to another price.
     *
     * @param firstNew the number of the first new event
     */
    void reprice(Repricing repricing, long firstNew) {
        for (RecordedEvent row : repricing.rows()) {
            long number = row.number();
            String provider = row.event().provider();
            boolean isNew = number >= firstNew;
            AggregationKey key = Aggregates.key(
                    row,
                    (dimension, name) -> isNew
                            ? names.admit(provider, dimension, name, number)
                            : labels.find(provider, dimension, name, number),
                    zones.apply(provider),
                    windows.partsOf(row, zones, sessions));
            added.reprice(
                    row,
                    key,
                    repricing.before(),
                    repricing.after(),
                    isNew ? series::chosen : wanted -> seriesNames.find(wanted, number));
        }
    }

    /**
     * Takes an event back from all but the counters.
     *
     * @param current the pricing under which all its rows count, where they can be moved
     */
    void undo(List<RecordedEvent> rows, Pricing current) {
        for (RecordedEvent row : rows) {
            String provider = row.event().provider();
            AggregationKey key = Aggregates.key(
                    row,
                    (dimension, name) -> labels.find(provider, dimension, name, row.number()),
                    zones.apply(provider),
                    windows.partsOf(row, zones, sessions));
            UnaryOperator<Series> existing = wanted -> seriesNames.find(wanted, row.number());
            if (!current.equals(row.counted())) {
                added.reprice(row, key, current, row.counted(), existing);
            }
            added.undo(row, key, existing);
        }
    }

    /** What was planned, with the sums of before. */
    Totals.Change change(Aggregates before) {
        added.series().replaceAll((name, units) -> units.add(before.series().getOrDefault(name, BigDecimal.ZERO)));
        addBefore(before.days(), added.days(), BigDecimal::add);
        addBefore(before.hours(), added.hours(), HourTotal::plus);
        added.undone().replaceAll((source, count) -> count + before.undone().getOrDefault(source, 0L));
        added.recorded().replaceAll((source, count) -> count + before.recorded().getOrDefault(source, 0L));
        added.undone().keySet().forEach(source -> added.recorded().computeIfAbsent(source, before.recorded()::get));
        added.recorded().keySet().forEach(source -> added.undone().computeIfAbsent(source, before.undone()::get));
        added.lastEvent().replaceAll((provider, at) -> {
            Instant last = before.lastEvent().getOrDefault(provider, at);
            return at.isAfter(last) ? at : last;
        });
        return new Totals.Change(added, names.labels(), since(), changedZones);
    }

    private Map<Series, Long> since() {
        var since = new HashMap<Series, Long>(series.added());
        added.series().keySet().forEach(each -> since.computeIfAbsent(each, seriesNames::since));
        return since;
    }

    private static <K, C, V> void addBefore(Map<K, Map<C, V>> before, Map<K, Map<C, V>> added, BinaryOperator<V> sum) {
        added.forEach((key, parts) -> {
            Map<C, V> old = before.getOrDefault(key, Map.of());
            parts.replaceAll((part, value) -> {
                V there = old.get(part);
                return there == null ? value : sum.apply(there, value);
            });
        });
    }
}
