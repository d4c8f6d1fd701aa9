package io.usageexporter.provider.apify;

import org.jspecify.annotations.Nullable;

/**
 * A run whose final figures have not been read yet.
 *
 * @param category chosen by the caller; null for the category of the actor
 */
record PendingRun(String id, @Nullable String category) {
    static PendingRun ofState(String id, String category) {
        return new PendingRun(id, category.isEmpty() ? null : category);
    }

    /** The form that is stored; a category is never empty. */
    String state() {
        return category == null ? "" : category;
    }
}
