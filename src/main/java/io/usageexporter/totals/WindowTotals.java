package io.usageexporter.totals;

import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The usage in hours and sessions. Immutable.
 *
 * @param counted which are counted, by provider; absent for none
 * @param parts the usage of each part
 * @param from all windows that may contain this instant or later ones are included
 */
public record WindowTotals(
        Map<String, CountedWindows> counted, NavigableMap<WindowPart, Map<Series, BigDecimal>> parts, Instant from) {
    /** Which hours and sessions of a provider are counted. */
    public CountedWindows counted(String provider) {
        return counted.getOrDefault(provider, CountedWindows.NONE);
    }

    /** The same with more windows. */
    public WindowTotals with(Map<WindowPart, Map<Series, BigDecimal>> others) {
        var all = new TreeMap<>(others);
        all.putAll(parts);
        return new WindowTotals(counted, Collections.unmodifiableNavigableMap(all), from);
    }

    /** The session that contains an instant; null if none is running then. */
    public @Nullable Span session(String provider, ZoneId zone, Instant at) {
        Duration length = counted(provider).sessionLength();
        Instant start = start(provider, parts.floorKey(last(provider, at)));
        if (length == null || start == null) {
            return null;
        }
        Instant end = start.plus(length);
        Instant next = start(provider, parts.higherKey(last(provider, start)));
        Instant resetsAt = next != null && next.isBefore(end) ? next : end;
        return at.isBefore(resetsAt)
                ? new Span(date(start, zone), date(resetsAt.minusNanos(1), zone).plusDays(1), start, resetsAt)
                : null;
    }

    /** All sessions included, oldest first. */
    public List<Span> sessions(String provider, ZoneId zone) {
        var sessions = new ArrayList<Span>();
        Instant start = start(provider, parts.higherKey(last(provider, Instant.MIN)));
        while (start != null) {
            Span session = session(provider, zone, start);
            if (session != null) {
                sessions.add(session);
            }
            start = start(provider, parts.higherKey(last(provider, start)));
        }
        return sessions;
    }

    private static @Nullable Instant start(String provider, @Nullable WindowPart part) {
        return part != null && part.provider().equals(provider) && part.window() == Window.SESSION
                ? part.startsAt()
                : null;
    }

    private static WindowPart last(String provider, Instant start) {
        return new WindowPart(provider, Window.SESSION, start, LocalDate.MAX);
    }

    private static LocalDate date(Instant at, ZoneId zone) {
        return LocalDate.ofInstant(at, zone);
    }

    /** Calls back for each date with usage in an hour or a session. */
    void forEachPart(String provider, Window window, Instant startsAt, Snapshot.PartConsumer action) {
        parts.subMap(
                        new WindowPart(provider, window, startsAt, LocalDate.MIN),
                        true,
                        new WindowPart(provider, window, startsAt, LocalDate.MAX),
                        true)
                .forEach((part, cells) -> action.accept(part, part.date(), cells));
    }
}
