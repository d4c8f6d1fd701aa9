package io.usageexporter.totals;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which series exist. Past a provider's {@link SeriesBound}, a new one is replaced by that of the same category and
 * model {@code other}; past the reserve for those, by that of category {@code other} too. A series never disappears.
 * Not thread-safe.
 */
final class SeriesNames {
    private final Map<String, Existing> providers = new HashMap<>();

    /** The series of one provider. */
    private static final class Existing {
        /** The number of the first event that counts in each. */
        private final Map<Series, Long> since = new HashMap<>();

        private Set<Series> kept = Set.of();
        private SeriesBound bound = SeriesBound.DEFAULT;

        int size() {
            return since.size()
                    + (int) kept.stream()
                            .filter(each -> !since.containsKey(each))
                            .count();
        }
    }

    /** Restores series from the ledger. */
    void restore(Map<Series, Long> stored) {
        stored.forEach((series, event) -> existing(series.provider()).since.put(series, event));
    }

    /** Bounds a provider's series from now on. */
    void configure(String provider, Collection<String> categories, SeriesBound bound) {
        Existing existing = existing(provider);
        existing.bound = bound;
        existing.kept = bound.kept(provider, categories);
    }

    /** The series that an already counted event counts in. */
    Series find(Series wanted, long event) {
        Map<Series, Long> since = existing(wanted.provider()).since;
        return choose(wanted, series -> since.getOrDefault(series, Long.MAX_VALUE) <= event);
    }

    /** Collects the series that new events create, which exist once they are stored. */
    Admission admission() {
        return new Admission();
    }

    private Existing existing(String provider) {
        return providers.computeIfAbsent(provider, key -> new Existing());
    }

    /** The first candidate that exists, or else the last. */
    private static Series choose(Series wanted, Predicate<Series> exists) {
        if (exists.test(wanted)) {
            return wanted;
        }
        Series otherModels = ofOtherModels(wanted, wanted.category());
        return exists.test(otherModels) ? otherModels : ofOtherModels(wanted, CardinalityLimiter.OTHER);
    }

    private static Series ofOtherModels(Series wanted, String category) {
        String consumer = wanted.consumer().isEmpty() ? "" : CardinalityLimiter.OTHER;
        return new Series(wanted.provider(), category, consumer, CardinalityLimiter.OTHER, "", wanted.measure());
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
                chosen.put(wanted, series);
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
            return size < (candidate.equals(wanted) ? existing.bound.forAny() : existing.bound.forOtherModels());
        }
    }
}
