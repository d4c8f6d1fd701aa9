package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When sessions began, for verification. That follows from the events in the order of recording, unless some were undone or pruned:
 * then the stored sessions are taken, in which each event falls into the latest that began before it, and are checked to
 * have begun with usage.
 */
final class SessionStarts {
    private final Map<String, List<Instant>> known;
    private final Map<String, Set<Instant>> unchecked = new HashMap<>();

    /**
     * Takes the stored ones where that is needed.
     *
     * @param pruned the newest usage that was pruned; null if none was
     */
    SessionStarts(WindowTable windows, @Nullable Instant pruned, boolean areSomeUndone) throws SQLException {
        known = pruned != null || areSomeUndone ? windows.sessions(Instant.ofEpochMilli(Long.MIN_VALUE)) : Map.of();
        known.forEach((provider, starts) -> unchecked.put(
                provider,
                starts.stream()
                        .filter(start -> pruned == null || start.isAfter(pruned))
                        .collect(Collectors.toCollection(TreeSet::new))));
    }

    Map<String, List<Instant>> known() {
        return known;
    }

    void check(RecordedEvent event) {
        if (!unchecked.isEmpty()) {
            unchecked.getOrDefault(event.event().provider(), new TreeSet<>()).remove(event.at());
        }
    }

    void end(List<String> differences) {
        unchecked.forEach((provider, starts) ->
                starts.forEach(start -> differences.add(provider + " session from " + start + ": no usage began it")));
    }
}
