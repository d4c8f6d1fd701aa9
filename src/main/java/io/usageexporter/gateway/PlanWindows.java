package io.usageexporter.gateway;

import io.usageexporter.provider.PlanWindow;
import io.usageexporter.provider.PlanWindowState;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rate-limit windows of subscriptions, until they are reset. Thread-safe. */
public final class PlanWindows {
    /** Subscriptions of a provider whose windows are kept; those of further ones are dropped. */
    static final int MAX_SUBSCRIPTIONS = 50;

    /** Windows of a subscription that are kept. */
    static final int MAX_WINDOWS = 16;

    private record Subscription(String provider, String organization) {}

    private final Map<Subscription, Map<String, PlanWindowHistory>> subscriptions =
            new TreeMap<>(Comparator.comparing(Subscription::provider).thenComparing(Subscription::organization));

    /** Takes what a response reported at an instant; a later report is kept. */
    public synchronized void put(List<PlanWindow> windows, Instant at) {
        removeOver(at);
        for (PlanWindow window : windows) {
            var subscription = new Subscription(window.provider(), window.organization());
            if (!hasRoomFor(subscription)) {
                continue;
            }
            var histories = subscriptions.computeIfAbsent(subscription, absent -> new TreeMap<>());
            PlanWindowHistory history = histories.get(window.name());
            if (history != null) {
                history.put(window, at);
            } else if (histories.size() < MAX_WINDOWS) {
                histories.put(window.name(), new PlanWindowHistory(window, at));
            }
        }
    }

    private boolean hasRoomFor(Subscription subscription) {
        return subscriptions.containsKey(subscription)
                || subscriptions.keySet().stream()
                                .filter(each -> each.provider().equals(subscription.provider()))
                                .count()
                        < MAX_SUBSCRIPTIONS;
    }

    /** Those that are not reset yet, by provider, organization and name. */
    public synchronized List<PlanWindowState> at(Instant now) {
        removeOver(now);
        return subscriptions.values().stream()
                .flatMap(histories -> states(histories.values(), now))
                .toList();
    }

    private static Stream<PlanWindowState> states(Collection<PlanWindowHistory> histories, Instant now) {
        Instant latest = histories.stream()
                .map(PlanWindowHistory::reportedAt)
                .max(Comparator.naturalOrder())
                .orElse(now);
        return histories.stream().map(history -> history.state(now, latest));
    }

    private void removeOver(Instant now) {
        subscriptions.values().forEach(histories -> histories.values().removeIf(history -> history.isOver(now)));
        subscriptions.values().removeIf(Map::isEmpty);
    }
}
