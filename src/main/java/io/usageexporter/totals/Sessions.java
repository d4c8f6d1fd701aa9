package io.usageexporter.totals;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * When the sessions of each provider began. A session that has begun stays as it is. Usage that none contains opens one
 * at its instant; if it is late, that one ends when the next begins, even before its length is over. Not thread-safe.
 */
final class Sessions {
    private final @Nullable Sessions earlier;
    private final Map<String, TreeSet<Instant>> starts = new HashMap<>();

    Sessions() {
        this(null);
    }

    private Sessions(@Nullable Sessions earlier) {
        this.earlier = earlier;
    }

    /** The same sessions, to which others can be added without changing these. */
    Sessions extended() {
        return new Sessions(this);
    }

    /** When the session that contains an instant began. */
    Instant findOrOpen(String provider, Instant at, Duration length) {
        Instant last = lastStart(provider, at);
        if (last != null && at.isBefore(last.plus(length))) {
            return last;
        }
        open(provider, at);
        return at;
    }

    private @Nullable Instant lastStart(String provider, Instant at) {
        TreeSet<Instant> known = starts.get(provider);
        Instant last = known == null ? null : known.floor(at);
        Instant before = earlier == null ? null : earlier.lastStart(provider, at);
        return last == null || (before != null && before.isAfter(last)) ? before : last;
    }

    void open(String provider, Instant start) {
        starts.computeIfAbsent(provider, absent -> new TreeSet<>()).add(start);
    }

    void openAll(String provider, Collection<Instant> all) {
        all.forEach(start -> open(provider, start));
    }

    void replace(String provider, Collection<Instant> others) {
        starts.remove(provider);
        openAll(provider, others);
    }

    void clear() {
        starts.clear();
    }

    void forgetBefore(Instant instant) {
        starts.values().forEach(known -> known.headSet(instant).clear());
    }
}
