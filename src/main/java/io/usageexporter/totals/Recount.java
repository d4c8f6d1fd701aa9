package io.usageexporter.totals;

import io.usageexporter.event.RecordedEvent;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Counts recorded events again, in the order of recording, on which sessions depend, and under the names that they
 * count as. Not thread-safe.
 */
public final class Recount {
    private final Totals names;
    private final Function<String, ZoneId> zones;
    private final Function<String, CountedWindows> counted;
    private final Sessions sessions = new Sessions();
    private final Aggregates sums = new Aggregates();

    Recount(Totals names, Function<String, ZoneId> zones, Function<String, CountedWindows> counted) {
        this.names = names;
        this.zones = zones;
        this.counted = counted;
    }

    /** Adds the next event. */
    public void add(RecordedEvent recorded) {
        String provider = recorded.event().provider();
        ZoneId zone = zones.apply(provider);
        names.addTo(sums, recorded, zone, counted.apply(provider).partsOf(recorded, zone, sessions));
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
