package io.usageexporter.provider.apify;

import org.jspecify.annotations.Nullable;

/**
 * A run whose final figures are still to be read.
 *
 * @param category under which it counts; null for that of its actor
 */
record PendingRun(String id, @Nullable String category) {
    static PendingRun ofState(String id, String category) {
        return new PendingRun(id, category.isEmpty() ? null : category);
    }

    /** As the ledger keeps it; a category is never empty. */
    String state() {
        return category == null ? "" : category;
    }
}
