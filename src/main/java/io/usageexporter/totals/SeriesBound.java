package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many series a provider may have, over all its counters.
 *
 * @param max the bound, which keeps room for {@code kept} and for what counts as {@code other}
 * @param measures everything the provider counts
 */
public record SeriesBound(int max, List<Measure> measures) {
    /** Where the configuration says nothing. */
    public static final int DEFAULT_MAX = 10_000;

    /** The default bound of a provider of which nothing is known. */
    public static final SeriesBound DEFAULT = new SeriesBound(DEFAULT_MAX, List.of());

    /** A tenth is for the further models of each category, which together make one series a measure. */
    private static final int TENTH = 10;

    /** Up to how many series a further one is let in. */
    int forAny() {
        return max - max / TENTH;
    }

    /** Up to how many the first one of a category's further models is. */
    int forOtherModels() {
        return max - measures.size();
    }

    /** The series of configured categories, which exist whatever else does. */
    Set<Series> kept(String provider, Collection<String> categories) {
        var kept = new HashSet<Series>();
        for (String category : categories) {
            measures.forEach(measure -> kept.add(new Series(provider, category, "", measure)));
        }
        return kept;
    }
}
