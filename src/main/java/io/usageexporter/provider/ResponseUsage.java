package io.usageexporter.provider;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was observed of a response. Immutable.
 *
 * @param uses empty if the call uses nothing or was rejected
 * @param end how the response ended
 * @param model that responded, or null if it is not known; the provider's headers speak of this model's limits
 * @param error the provider's name of the error, or null if there was none, or no known name
 * @param unmetered why the usage is missing or incomplete; null if it was read
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
