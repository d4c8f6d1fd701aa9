package io.usageexporter.provider;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The usage extracted from a response. Immutable.
 *
 * @param records empty if the call used nothing or was rejected
 * @param completion how the response ended
 * @param model that responded, to which the rate limits in the headers apply; null if unknown
 * @param error the provider's name of the error, or null
 * @param unmetered why the usage is missing or incomplete, or null
 */
public record ResponseUsage(
        List<UsageRecord> records,
        Completion completion,
        @Nullable String model,
        @Nullable String error,
        @Nullable UnmeteredReason unmetered) {
    /** Fully metered and without an error. */
    public ResponseUsage(List<UsageRecord> records, Completion completion, @Nullable String model) {
        this(records, completion, model, null, null);
    }

    public ResponseUsage {
        records = List.copyOf(records);
    }
}
