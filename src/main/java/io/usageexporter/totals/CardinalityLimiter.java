package io.usageexporter.totals;

import io.usageexporter.totals.Label.Dimension;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which names get series of their own: for each provider and dimension the first {@value #MAX} that occur, and all
 * that are configured. Later ones count as {@link Label#OTHER}, so that random names cannot explode the number of series. A name
 * never loses its series. Not thread-safe.
 */
final class CardinalityLimiter {
    /** The largest number of names of one dimension of one provider. */
    static final int MAX = 200;

    private record Axis(String provider, Dimension dimension) {}

    private final Map<Axis, Map<String, Long>> names = new HashMap<>();
    private final List<Label> unstored = new ArrayList<>();

    /** Restores a label from the ledger. */
    void restore(Label label) {
        names(label.provider(), label.dimension()).put(label.name(), label.since());
    }

    /** The name under which an event counts, without admitting a new one. */
    String find(String provider, Dimension dimension, String name, long event) {
        Long since = names(provider, dimension).get(name);
        return name.isEmpty() || (since != null && since <= event) ? name : Label.OTHER;
    }

    /** Admits a configured name, even past the cap. */
    void configure(String provider, Dimension dimension, String name, long nextEvent) {
        Map<String, Long> known = names(provider, dimension);
        if (!name.equals(Label.OTHER) && known.putIfAbsent(name, nextEvent) == null) {
            unstored.add(new Label(provider, dimension, name, nextEvent));
        }
    }

    /** Collects the names that new events admit, which take effect once they are stored. */
    Admission admission() {
        return new Admission();
    }

    /** Applies what an admission added, now that the ledger holds it. */
    void stored(Collection<Label> labels) {
        labels.forEach(this::restore);
        unstored.clear();
    }

    /** Applies what another exporter has stored. Names that are still to be stored here count from the next event on. */
    void storedElsewhere(Collection<Label> labels, long nextEvent) {
        labels.forEach(this::restore);
        List<Label> remaining = unstored.stream()
                .filter(each -> labels.stream()
                        .noneMatch(label -> label.provider().equals(each.provider())
                                && label.dimension() == each.dimension()
                                && label.name().equals(each.name())))
                .map(each -> new Label(each.provider(), each.dimension(), each.name(), nextEvent))
                .toList();
        unstored.clear();
        unstored.addAll(remaining);
        remaining.forEach(this::restore);
    }

    private Map<String, Long> names(String provider, Dimension dimension) {
        return names.computeIfAbsent(new Axis(provider, dimension), axis -> new HashMap<>());
    }

    /** See {@link #admission()}. */
    final class Admission {
        private final Map<Axis, Map<String, Label>> added = new HashMap<>();

        /** The name under which an event counts; admits a new one below the cap. */
        String admit(String provider, Dimension dimension, String name, long event) {
            Map<String, Long> known = names(provider, dimension);
            if (name.isEmpty() || name.equals(Label.OTHER) || known.containsKey(name)) {
                return name;
            }
            Map<String, Label> fresh =
                    added.computeIfAbsent(new Axis(provider, dimension), axis -> new LinkedHashMap<>());
            if (!fresh.containsKey(name)) {
                if (known.size() + fresh.size() >= MAX) {
                    return Label.OTHER;
                }
                fresh.put(name, new Label(provider, dimension, name, event));
            }
            return name;
        }

        /** The labels that the ledger does not hold yet, including configured ones. */
        List<Label> labels() {
            var labels = new ArrayList<>(unstored);
            added.values().forEach(fresh -> labels.addAll(fresh.values()));
            return List.copyOf(labels);
        }
    }
}
