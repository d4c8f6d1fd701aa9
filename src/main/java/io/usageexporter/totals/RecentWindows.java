package io.usageexporter.totals;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Which hours and sessions are counted, when sessions began, and the sums of those that may still be shown as current.
 * All others are only in the ledger. Not thread-safe.
 */
final class RecentWindows {
    /** Of providers of which any are. */
    private final Map<String, CountedWindows> counted = new HashMap<>();

    private final Sessions sessions = new Sessions();
    private final Map<WindowPart, Map<Series, BigDecimal>> sums = new HashMap<>();
    private Instant from = Instant.MIN;

    /** Continues those of a ledger, in place of all so far. */
    void restore(StoredTotals stored) {
        counted.clear();
        sessions.clear();
        sums.clear();
        from = stored.windowsFrom();
        stored.counted().forEach(this::count);
        stored.sessions().forEach(sessions::openAll);
        add(stored.sums().windows());
    }

    private void count(String provider, CountedWindows windows) {
        if (windows.equals(CountedWindows.NONE)) {
            counted.remove(provider);
        } else {
            counted.put(provider, windows);
        }
    }

    Instant from() {
        return from;
    }

    CountedWindows counted(String provider) {
        return counted.getOrDefault(provider, CountedWindows.NONE);
    }

    /** Sessions to which a plan can add. */
    Sessions planned() {
        return sessions.extended();
    }

    List<WindowPart> partsOf(RecordedEvent recorded, Function<String, ZoneId> zones, Sessions planned) {
        String provider = recorded.event().provider();
        CountedWindows windows = counted.isEmpty() ? null : counted.get(provider); // for speed: asked for every event
        return windows == null ? List.of() : windows.partsOf(recorded, zones.apply(provider), planned);
    }

    /** Adds what commits have added to windows, and keeps the sums of recent ones. */
    void add(Map<WindowPart, Map<Series, BigDecimal>> added) {
        added.forEach((part, cells) -> {
            if (part.window() == Window.SESSION) {
                sessions.open(part.provider(), part.startsAt());
            }
            if (!isOver(part, from)) {
                SeriesAmounts before = SeriesAmounts.copyOf(sums.getOrDefault(part, Map.of()));
                var changed = new HashMap<Series, BigDecimal>();
                cells.forEach((series, units) -> changed.put(
                        series, before.getOrDefault(series, BigDecimal.ZERO).add(units)));
                SeriesAmounts after = before.with(changed);
                if (after.isEmpty()) { // all of it was undone, as if there had been no session
                    sums.remove(part);
                } else {
                    sums.put(part, after);
                }
            }
        });
    }

    void openSessions(Map<String, ? extends Collection<Instant>> starts) {
        starts.forEach(sessions::openAll);
    }

    void replaceSessions(Map<String, ? extends Collection<Instant>> starts) {
        starts.forEach(sessions::replace);
    }

    void replace(String provider, CountedWindows windows, Collection<Instant> starts) {
        count(provider, windows);
        sessions.replace(provider, starts);
        sums.keySet().removeIf(part -> part.provider().equals(provider));
    }

    /** Whether anything was forgotten. */
    boolean forgetBefore(Instant instant) {
        if (from.isBefore(instant)) {
            from = instant;
            return sums.keySet().removeIf(part -> isOver(part, from));
        }
        return false;
    }

    void forgetSessionsBefore(Instant instant) {
        sessions.forgetBefore(instant);
    }

    private boolean isOver(WindowPart part, Instant instant) {
        Duration longest = counted(part.provider()).longest(part.window());
        return longest == null || !part.startsAt().plus(longest).isAfter(instant);
    }

    WindowTotals snapshot() {
        return new WindowTotals(Map.copyOf(counted), Collections.unmodifiableNavigableMap(new TreeMap<>(sums)), from);
    }
}
