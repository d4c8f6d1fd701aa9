package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.totals.Aggregates.Naming;
import io.usageexporter.totals.Label.Dimension;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The totals in memory. A single writer plans a {@link Change}, stores it with the events, and only then applies it, so
 * readers never see what is not on disk. Thread-safe.
 */
public final class Totals {
    /** Days kept in memory: enough for any monthly window that contains an event of 40 days ago. */
    private static final int DAYS_KEPT = 80;

    /** Hours are kept for that many days fewer: while they may change, and as far back as the forecast looks. */
    private static final int HOURS_RETENTION_OFFSET_DAYS = 35;

    /** How long hours and sessions are kept after their end, in case that the clock is set back a little. */
    private static final Duration WINDOWS_KEPT = Duration.ofHours(1);

    private final CardinalityLimiter labels = new CardinalityLimiter();
    private final SeriesNames seriesNames = new SeriesNames();
    private final Map<String, ZoneId> zones = new HashMap<>();
    private final Map<String, LongPromptRules> longPrompts = new HashMap<>();
    private PricingRules pricing = new PricingRules(zones, longPrompts);
    private final Aggregates sums = new Aggregates();
    private final RecentWindows windows = new RecentWindows();
    private final Map<String, LocalDate> firstDays = new HashMap<>();
    private LocalDate daysFrom;
    private @Nullable Snapshot snapshot;

    /**
     * New sums, and what must be stored with them.
     *
     * @param sums the new value of every key that changes, and both counts of its source; of hours and sessions, what is
     *     added
     * @param labels new names with series of their own
     * @param series the number of the first event that counts in each series that changes, some of which are new
     * @param zones the zone in which the days of each changed provider are counted
     */
    public record Change(Aggregates sums, List<Label> labels, Map<Series, Long> series, Map<String, ZoneId> zones) {}

    /** Totals of no events, with the days from a date on. */
    public Totals(LocalDate daysFrom) {
        this.daysFrom = daysFrom;
    }

    /** Totals that continue those of a ledger. */
    public Totals(StoredTotals stored) {
        this(stored.daysFrom());
        restore(stored, 1);
    }

    /**
     * Continues those of a ledger, in place of all sums so far. Configured names stay.
     *
     * @param nextEvent the number of the first event after them
     */
    public synchronized void restore(StoredTotals stored, long nextEvent) {
        sums.clear();
        firstDays.clear();
        daysFrom = stored.daysFrom();
        snapshot = null;
        sums.series().putAll(stored.sums().series());
        sums.recorded().putAll(stored.sums().recorded());
        sums.undone().putAll(stored.sums().undone());
        sums.lastEvent().putAll(stored.sums().lastEvent());
        putDays(stored.sums().days(), stored.sums().hours());
        firstDays.putAll(stored.firstDays());
        labels.storedElsewhere(stored.labels(), nextEvent);
        seriesNames.restore(stored.series());
        zones.putAll(stored.pricing().zones());
        longPrompts.putAll(stored.pricing().longPrompts());
        pricing = new PricingRules(zones, longPrompts);
        windows.restore(stored);
    }

    /** The first date to keep in memory. */
    public static LocalDate firstDayKept(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(DAYS_KEPT);
    }

    /** The instant from which on to keep hours and sessions in memory: those that a report of now may show. */
    public static Instant windowsKeptFrom(Instant now) {
        return now.minus(WINDOWS_KEPT);
    }

    /** The first date that must be in memory to count an event of this instant, in any zone. */
    public static LocalDate firstDayNeeded(Instant use) {
        return LocalDate.ofInstant(use, ZoneOffset.UTC).minusDays(HOURS_RETENTION_OFFSET_DAYS + 1L);
    }

    /** The first hour to keep in memory when days are kept from this date on. */
    public static long firstHourKept(LocalDate daysFrom) {
        return (daysFrom.toEpochDay() + HOURS_RETENTION_OFFSET_DAYS) * 24;
    }

    /** Restores days from an earlier date on, their hours, and when sessions began. */
    public synchronized void restoreDays(
            Map<Day, Map<Series, BigDecimal>> days,
            Map<Hour, Map<Measure, HourTotal>> hours,
            Map<String, List<Instant>> sessions,
            LocalDate from) {
        putDays(days, hours);
        windows.openSessions(sessions);
        daysFrom = from;
        snapshot = null;
    }

    private void putDays(Map<Day, Map<Series, BigDecimal>> days, Map<Hour, Map<Measure, HourTotal>> hours) {
        days.forEach((day, cells) -> sums.days().put(day, SeriesAmounts.copyOf(cells)));
        hours.forEach((hour, amounts) -> sums.hours().put(hour, Map.copyOf(amounts)));
    }

    /** The first date whose days are in memory. Events of earlier days need {@link #restoreDays} first. */
    public synchronized LocalDate daysFrom() {
        return daysFrom;
    }

    /** The zone in which this provider's days are counted, or null for an unknown provider. */
    public synchronized @Nullable ZoneId zone(String provider) {
        return zones.get(provider);
    }

    /** Which prompts of this provider count as long. */
    public synchronized LongPromptRules longPrompts(String provider) {
        return longPrompts.getOrDefault(provider, LongPromptRules.NONE);
    }

    /** From now on these prompts of a provider count as long, which changes no day so far. */
    public synchronized void setLongPrompts(String provider, LongPromptRules rules) {
        longPrompts.put(provider, rules);
        pricing = new PricingRules(zones, longPrompts);
    }

    /** The pricing under which events count. */
    public synchronized PricingRules pricing() {
        return pricing;
    }

    /** From now on counts this provider's days in this zone, admits its configured names and bounds its series. */
    public synchronized void configure(
            String provider,
            ZoneId zone,
            Collection<String> categories,
            Collection<String> consumers,
            SeriesBound bound,
            long nextEventNumber) {
        zones.put(provider, zone);
        pricing = new PricingRules(zones, longPrompts);
        seriesNames.configure(provider, categories, consumers, bound);
        categories.forEach(name -> labels.configure(provider, Dimension.CATEGORY, name, nextEventNumber));
        consumers.forEach(name -> labels.configure(provider, Dimension.CONSUMER, name, nextEventNumber));
    }

    /** The hours and sessions of a provider that are counted. */
    public synchronized CountedWindows counted(String provider) {
        return windows.counted(provider);
    }

    /** The instant from which on all hours and sessions are in memory. */
    public synchronized Instant windowsFrom() {
        return windows.from();
    }

    /** A recount of all events, by the rules and in the windows of their providers. */
    public Recount recount() {
        return new Recount(this, pricing(), this::counted);
    }

    /** A recount of the events of one provider, by other rules or with other windows. */
    public Recount recount(PricingRules rules, CountedWindows counted) {
        return new Recount(this, rules, provider -> counted);
    }

    private synchronized ZoneId zoneOrUtc(String provider) {
        return zones.getOrDefault(provider, ZoneOffset.UTC);
    }

    /**
     * Replaces all days, hours and sessions of a provider by recounted ones.
     *
     * @param longPromptRules by which they were counted
     * @param recent its hours and sessions from {@link #windowsFrom} on
     * @param sessions when its sessions began
     */
    public synchronized void replace(
            String provider,
            LongPromptRules longPromptRules,
            Map<Day, Map<Series, BigDecimal>> days,
            CountedWindows counted,
            Map<WindowPart, Map<Series, BigDecimal>> recent,
            List<Instant> sessions) {
        setLongPrompts(provider, longPromptRules);
        windows.replace(provider, counted, sessions);
        windows.add(recent);
        sums.days().keySet().removeIf(day -> day.provider().equals(provider));
        firstDays.remove(provider);
        days.forEach((day, cells) -> {
            noteFirst(day, cells);
            if (!day.date().isBefore(daysFrom)) {
                sums.days().put(day, SeriesAmounts.copyOf(cells));
            }
        });
        snapshot = null;
    }

    /** Adds an already counted row to other sums, under the names that it counts as. */
    synchronized void addTo(Aggregates others, RecordedEvent row, ZoneId zone, List<WindowPart> parts) {
        others.add(row, naming(row), zone, parts, wanted -> seriesNames.find(wanted, row.number()));
    }

    /** Adds a row of an event that was undone to other sums. */
    synchronized void addUndoneTo(Aggregates others, RecordedEvent row, ZoneId zone) {
        others.addUndone(
                row,
                Aggregates.key(row, naming(row), zone, List.of()),
                wanted -> seriesNames.find(wanted, row.number()));
    }

    /** Moves an already counted row in other sums to another price. */
    synchronized void reprice(
            Aggregates others, RecordedEvent row, Pricing after, ZoneId zone, List<WindowPart> parts) {
        others.reprice(
                row,
                Aggregates.key(row, naming(row), zone, parts),
                row.counted(),
                after,
                wanted -> seriesNames.find(wanted, row.number()));
    }

    private Naming naming(RecordedEvent counted) {
        return (dimension, name) -> labels.find(counted.event().provider(), dimension, name, counted.number());
    }

    /** Computes what these new events change, without changing anything yet. */
    public Change plan(List<RecordedEvent> events) {
        return plan(events, List.of());
    }

    /**
     * The same, and what changes in the days as earlier events count at another price.
     *
     * @param repricings their events may be among the new ones
     */
    public synchronized Change plan(List<RecordedEvent> events, List<Repricing> repricings) {
        var plan = new Plan(labels, seriesNames, windows, this::zoneOrUtc);
        plan.add(events);
        repricings.forEach(repricing -> plan.reprice(repricing, events.get(0).number()));
        return plan.change(sums);
    }

    /**
     * Computes what undoing an event changes, without changing anything yet.
     *
     * @param rows the event and its amendments
     */
    public synchronized Change planUndo(List<RecordedEvent> rows) {
        var plan = new Plan(labels, seriesNames, windows, this::zoneOrUtc);
        plan.undo(rows, pricing.of(rows));
        return plan.change(sums);
    }

    /** Replaces when usage began, which may be later after an event was undone. */
    public synchronized void replaceStarts(Map<String, LocalDate> days, Map<String, List<Instant>> sessions) {
        firstDays.clear();
        firstDays.putAll(days);
        windows.replaceSessions(sessions);
        snapshot = null;
    }

    private static <K, C, V> void putAll(Map<K, Map<C, V>> sums, Map<K, Map<C, V>> changed) {
        changed.forEach((key, parts) -> {
            var merged = new HashMap<>(sums.getOrDefault(key, Map.of()));
            merged.putAll(parts);
            sums.put(key, Map.copyOf(merged));
        });
    }

    /** Applies a planned change, now that it is on disk. No other change may have been planned since. */
    public synchronized void apply(Change change) {
        add(change);
        labels.stored(change.labels());
    }

    /**
     * Applies a change that another exporter has stored. All days of its events must be in memory.
     *
     * @param nextEvent the number of the first event after it
     */
    public synchronized void follow(Change change, long nextEvent) {
        zones.putAll(change.zones()); // of a provider without events, another exporter may have configured another
        pricing = new PricingRules(zones, longPrompts);
        add(change);
        labels.storedElsewhere(change.labels(), nextEvent);
    }

    private void add(Change change) {
        sums.series().putAll(change.sums().series());
        change.sums()
                .days()
                .forEach((day, changed) -> sums.days()
                        .put(
                                day,
                                SeriesAmounts.copyOf(sums.days().getOrDefault(day, Map.of()))
                                        .with(changed)));
        change.sums().days().forEach(this::noteFirst);
        putAll(sums.hours(), change.sums().hours());
        windows.add(change.sums().windows());
        sums.recorded().putAll(change.sums().recorded());
        sums.undone().putAll(change.sums().undone());
        sums.lastEvent().putAll(change.sums().lastEvent());
        seriesNames.restore(change.series());
        snapshot = null;
    }

    /** Ignores a day whose events have no amounts, which the ledger does not store either. */
    private void noteFirst(Day day, Map<Series, BigDecimal> cells) {
        if (!cells.isEmpty()) {
            firstDays.merge(day.provider(), day.date(), (a, b) -> a.isBefore(b) ? a : b);
        }
    }

    /** Drops days that are too old for any window that can still change. */
    public synchronized void forgetDaysBefore(LocalDate date) {
        if (daysFrom.isBefore(date)) {
            sums.days().keySet().removeIf(day -> day.date().isBefore(date));
            sums.hours().keySet().removeIf(hour -> hour.number() < firstHourKept(date));
            windows.forgetSessionsBefore(date.atStartOfDay(ZoneOffset.UTC).toInstant());
            daysFrom = date;
            snapshot = null;
        }
    }

    /** Drops hours and sessions that are over before an instant. */
    public synchronized void forgetWindowsBefore(Instant instant) {
        if (windows.forgetBefore(instant)) {
            snapshot = null;
        }
    }

    /** The totals after the last applied change. */
    public synchronized Snapshot snapshot() {
        if (snapshot == null) {
            snapshot = new Snapshot(
                    Map.copyOf(sums.series()),
                    Map.copyOf(sums.days()),
                    Map.copyOf(sums.hours()),
                    windows.snapshot(),
                    Map.copyOf(sums.recorded()),
                    Map.copyOf(sums.undone()),
                    Map.copyOf(sums.lastEvent()),
                    daysFrom,
                    Map.copyOf(firstDays));
        }
        return snapshot;
    }
}
