package io.usageexporter.totals;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Counts recorded events again, in the order of recording, on which sessions depend, and under the names that they
 * count as. Not thread-safe.
 */
public final class Recount {
    private final Totals names;
    private final PricingRules rules;
    private final Function<String, CountedWindows> counted;
    private final Sessions sessions = new Sessions();
    private final Aggregates sums = new Aggregates();
    private Set<Long> undone = Set.of();

    Recount(Totals names, PricingRules rules, Function<String, CountedWindows> counted) {
        this.names = names;
        this.rules = rules;
        this.counted = counted;
    }

    /**
     * The same, of which some events were undone.
     *
     * @param numbers of these events
     */
    public Recount without(Set<Long> numbers) {
        undone = numbers;
        return this;
    }

    /** The same on top of what events gave that are no longer there. */
    public Recount from(Aggregates opening) {
        sums.series().putAll(opening.series());
        sums.days().putAll(opening.days());
        sums.hours().putAll(opening.hours());
        sums.windows().putAll(opening.windows());
        sums.recorded().putAll(opening.recorded());
        sums.undone().putAll(opening.undone());
        sums.lastEvent().putAll(opening.lastEvent());
        opening.windows().keySet().stream()
                .filter(part -> part.window() == Window.SESSION)
                .forEach(part -> sessions.open(part.provider(), part.startsAt()));
        return this;
    }

    /** The same with sessions that began before. */
    public Recount with(Map<String, List<Instant>> begun) {
        begun.forEach(sessions::openAll);
        return this;
    }

    private boolean isUndone(RecordedEvent row) {
        return !undone.isEmpty() && undone.contains(row.original());
    }

    /** Adds the next row, at the price under which its series counts. */
    public void add(RecordedEvent row) {
        if (isUndone(row)) {
            names.addUndoneTo(sums, row, zone(row));
        } else {
            names.addTo(sums, row, zone(row), parts(row));
        }
    }

    /**
     * Moves an event to the price that follows from all its amounts.
     *
     * @param rows the event and its amendments, which were all added
     */
    public void complete(List<RecordedEvent> rows) {
        if (isUndone(rows.get(0))) {
            return;
        }
        Pricing pricing = rules.of(rows);
        for (RecordedEvent row : rows) {
            if (!pricing.equals(row.counted())) {
                names.reprice(sums, row, pricing, zone(row), parts(row));
            }
        }
    }

    private ZoneId zone(RecordedEvent row) {
        return rules.zones().getOrDefault(row.event().provider(), ZoneOffset.UTC);
    }

    private List<WindowPart> parts(RecordedEvent row) {
        return counted.apply(row.event().provider()).partsOf(row, zone(row), sessions);
    }

    /** The sums so far. */
    public Aggregates sums() {
        return sums;
    }

    /** What hours and sessions have gained since the last call; it is no longer in the sums. */
    public Map<WindowPart, Map<Series, BigDecimal>> takeWindows() {
        var taken = new HashMap<>(sums.windows());
        sums.windows().clear();
        return taken;
    }
}
