package io.usageexporter.provider;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of an answer. Immutable.
 *
 * @param uses empty where the call uses nothing or was refused
 * @param end how the answer ended
 * @param model that answered, or null when it is not known; the provider's headers speak of this model's limits
 * @param error what the provider calls the error with which it answered, or null when there was none, or no known name
 * @param unmetered why the use is missing or incomplete; null where it was read
 */
public record ResponseUsage(
        List<UsageRecord> uses,
        Completion end,
        @Nullable String model,
        @Nullable String error,
        @Nullable UnmeteredReason unmetered) {
    /** Metered, and without an error. */
    public ResponseUsage(List<UsageRecord> uses, Completion end, @Nullable String model) {
        this(uses, end, model, null, null);
    }

    public ResponseUsage {
        uses = List.copyOf(uses);
    }
}
