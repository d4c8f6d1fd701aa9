package io.usageexporter.totals;

import io.usageexporter.event.Measure;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How many series a provider may have, over all its counters.
 *
 * @param max the bound, which leaves room for configured names and {@code other}
 * @param measures everything the provider counts
 */
public record SeriesBound(int max, List<Measure> measures) {
    /** The bound where the configuration gives none. */
    public static final int DEFAULT_MAX = 10_000;

    /** The bound of an unknown provider. */
    public static final SeriesBound DEFAULT = new SeriesBound(DEFAULT_MAX, List.of());

    /** A tenth is reserved for model {@code other} of each category, which needs one series per measure. */
    private static final int TENTH = 10;

    /** How many series there may be for any new one to be admitted. */
    int forAny() {
        return max - max / TENTH;
    }

    /** How many there may be for a category's model {@code other} to be admitted; leaves room for category {@code other}. */
    int forOtherModels() {
        return max - 2 * measures.size();
    }

    /** The series of configured categories, and one of each configured consumer, which are always admitted. */
    Set<Series> kept(String provider, Collection<String> categories, Collection<String> consumers) {
        var kept = new HashSet<Series>();
        for (Measure measure : measures) {
            categories.forEach(category -> kept.add(new Series(provider, category, "", measure)));
            consumers.forEach(
                    consumer -> kept.add(new Series(provider, Label.OTHER, consumer, Label.OTHER, "", measure)));
        }
        return kept;
    }
}
