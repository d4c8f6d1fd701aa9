package io.usageexporter.totals;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which series exist. Past a provider's {@link SeriesBound}, a new one is replaced by that of the same category and
 * model {@code other}; past the reserve for those, by that of category {@code other} too. Only a configured consumer then
 * keeps its name. A series never disappears.
 * Not thread-safe.
 */
final class SeriesNames {
    private static final List<String> NO_CONSUMER = List.of("");

    private final Map<String, Existing> providers = new HashMap<>();

    /**
     * Since when a series exists.
     *
     * @param series the one object for it, which all days share
     * @param event the number of the first event that counts in it
     */
    private record First(Series series, long event) {}

    /** The series of one provider. */
    private static final class Existing {
        private final Map<Series, First> since = new HashMap<>();

        private Set<String> consumers = Set.of();
        private Set<Series> kept = Set.of();
        private SeriesBound bound = SeriesBound.DEFAULT;

        /** Whether a consumer keeps its name past the bound. */
        boolean keepsName(String consumer) {
            return consumer.isEmpty() || consumer.equals(Label.OTHER) || consumers.contains(consumer);
        }

        int size() {
            return since.size()
                    + (int) kept.stream()
                            .filter(each -> !since.containsKey(each))
                            .count();
        }
    }

    /** Restores series from the ledger. */
    void restore(Map<Series, Long> stored) {
        stored.forEach((series, event) ->
                existing(series.provider()).since.computeIfAbsent(series, key -> new First(key, event)));
    }

    /** Bounds a provider's series from now on. */
    void configure(String provider, Collection<String> categories, Collection<String> consumers, SeriesBound bound) {
        Existing existing = existing(provider);
        existing.bound = bound;
        existing.consumers = Set.copyOf(consumers);
        existing.kept = bound.kept(provider, categories, consumers);
    }

    /** The number of the first event that counts in a series; null if there is none. */
    @Nullable
    Long since(Series series) {
        First first = existing(series.provider()).since.get(series);
        return first == null ? null : first.event();
    }

    /** The series that an already counted event counts in. */
    Series find(Series wanted, long event) {
        Map<Series, First> since = existing(wanted.provider()).since;
        return shared(choose(wanted, series -> {
            First first = since.get(series);
            return first != null && first.event() <= event;
        }));
    }

    /** Collects the series that new events create, which exist once they are stored. */
    Admission admission() {
        return new Admission();
    }

    private Series shared(Series series) {
        First first = existing(series.provider()).since.get(series);
        return first == null ? series : first.series();
    }

    private Existing existing(String provider) {
        return providers.computeIfAbsent(provider, key -> new Existing());
    }

    /** The first candidate that exists, or else the last. */
    private static Series choose(Series wanted, Predicate<Series> exists) {
        if (exists.test(wanted)) {
            return wanted;
        }
        Series last = wanted;
        for (String consumer : wanted.consumer().isEmpty() ? NO_CONSUMER : List.of(wanted.consumer(), Label.OTHER)) {
            for (String category : List.of(wanted.category(), Label.OTHER)) {
                last = new Series(wanted.provider(), category, consumer, Label.OTHER, "", wanted.measure());
                if (exists.test(last)) {
                    return last;
                }
            }
        }
        return last;
    }

    /** See {@link #admission()}. */
    final class Admission {
        private final Map<Series, Series> chosen = new HashMap<>();
        private final Map<Series, Long> added = new LinkedHashMap<>();
        private final Map<String, Integer> sizes = new HashMap<>();

        /** Chooses a series for an event, once for all events of this admission. */
        void admit(Series wanted, long event) {
            if (!chosen.containsKey(wanted)) {
                Series series = choose(wanted, candidate -> exists(candidate) || mayBeAdded(candidate, wanted));
                chosen.put(wanted, shared(series));
                if (!exists(series)) {
                    added.put(series, event);
                    if (!existing(series.provider()).kept.contains(series)) { // which size() includes
                        sizes.merge(series.provider(), 1, Integer::sum);
                    }
                }
            }
        }

        /** What {@link #admit} chose. */
        Series chosen(Series wanted) {
            return chosen.getOrDefault(wanted, wanted);
        }

        /** The series that the ledger does not hold yet, each with the first event that counts in it. */
        Map<Series, Long> added() {
            return Map.copyOf(added);
        }

        private boolean exists(Series series) {
            return added.containsKey(series)
                    || existing(series.provider()).since.containsKey(series);
        }

        private boolean mayBeAdded(Series candidate, Series wanted) {
            Existing existing = existing(candidate.provider());
            if (existing.kept.contains(candidate)) {
                return true;
            }
            int size = sizes.computeIfAbsent(candidate.provider(), provider -> existing.size());
            if (candidate.equals(wanted)) {
                return size < existing.bound.forAny();
            }
            return existing.keepsName(candidate.consumer()) && size < existing.bound.forOtherModels();
        }
    }
}
