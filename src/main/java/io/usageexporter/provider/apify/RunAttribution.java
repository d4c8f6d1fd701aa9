package io.usageexporter.provider.apify;

import org.jspecify.annotations.Nullable;

/**
 * What a run counts under, as far as its caller named it. Immutable.
 *
 * @param category null for the category of the actor; never empty
 * @param consumer empty if the caller named none
 */
record RunAttribution(@Nullable String category, String consumer) {
    /** Of a run without a caller. */
    static final RunAttribution NONE = new RunAttribution(null, "");

    /** Which neither of the names contains. */
    private static final char SEPARATOR = '\t';

    /** Reads what {@link #state()} returned, or a category alone, as earlier versions stored it. */
    static RunAttribution ofState(String state) {
        int separator = state.indexOf(SEPARATOR);
        String category = separator < 0 ? state : state.substring(0, separator);
        return new RunAttribution(
                category.isEmpty() ? null : category, separator < 0 ? "" : state.substring(separator + 1));
    }

    /** The form that is stored. */
    String state() {
        return (category == null ? "" : category) + (consumer.isEmpty() ? "" : SEPARATOR + consumer);
    }

    /** The same, with what another observation of the run knows in addition. */
    RunAttribution or(RunAttribution other) {
        return new RunAttribution(
                category == null ? other.category : category, consumer.isEmpty() ? other.consumer : consumer);
    }
}
