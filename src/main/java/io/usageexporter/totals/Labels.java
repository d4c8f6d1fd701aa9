package io.usageexporter.totals;

import io.usageexporter.totals.Label.Dimension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which categories and models have series of their own: of each provider the first {@value #MAX} that come, and all
 * that are configured. Later ones count as {@link #OTHER}, so that nobody's random names explode the series. A name
 * never loses its series. Not thread-safe.
 */
final class Labels {
    /** The largest number of names of one dimension of one provider. */
    static final int MAX = 200;

    /** What every further name counts as. */
    static final String OTHER = "other";

    private record Axis(String provider, Dimension dimension) {}

    private final Map<Axis, Map<String, Long>> names = new HashMap<>();
    private final List<Label> pending = new ArrayList<>();

    /** Takes a label back as the ledger stored it. */
    void restore(Label label) {
        names(label.provider(), label.dimension()).put(label.name(), label.since());
    }

    /** The name under which an event counts, without letting a new name in. */
    String find(String provider, Dimension dimension, String name, long event) {
        Long since = names(provider, dimension).get(name);
        return name.isEmpty() || (since != null && since <= event) ? name : OTHER;
    }

    /** The name under which an event counts; lets a new name in while there is room. */
    String admit(String provider, Dimension dimension, String name, long event) {
        Map<String, Long> known = names(provider, dimension);
        if (name.isEmpty() || name.equals(OTHER) || known.containsKey(name)) {
            return name;
        }
        if (known.size() >= MAX) {
            return OTHER;
        }
        add(known, new Label(provider, dimension, name, event));
        return name;
    }

    /** Lets a configured category in, room or not. */
    void configure(String provider, String category, long nextEvent) {
        Map<String, Long> known = names(provider, Dimension.CATEGORY);
        if (!category.equals(OTHER) && !known.containsKey(category)) {
            add(known, new Label(provider, Dimension.CATEGORY, category, nextEvent));
        }
    }

    private void add(Map<String, Long> known, Label label) {
        known.put(label.name(), label.since());
        pending.add(label);
    }

    /** The labels that the ledger does not hold yet. */
    List<Label> pending() {
        return List.copyOf(pending);
    }

    /** Forgets that these labels are not stored: they are now. */
    void stored() {
        pending.clear();
    }

    private Map<String, Long> names(String provider, Dimension dimension) {
        return names.computeIfAbsent(new Axis(provider, dimension), axis -> new HashMap<>());
    }
}
