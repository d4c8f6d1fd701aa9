package io.usageexporter.provider;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.Usage;
import org.jspecify.annotations.Nullable;

/**
 * Usage extracted from a response, in a form that can be recorded. Immutable.
 *
 * @param id the same whenever the same usage is observed again, prefixed with the provider's name; null if the response has
 *     none
 * @param messageId the response's own id, which distinguishes responses with the same {@code id}; null if it has none
 * @param model empty if unknown
 * @param pricing as the response names it
 */
public record UsageRecord(@Nullable String id, @Nullable String messageId, String model, Pricing pricing, Usage usage) {
    /** Usage at the standard price. */
    public UsageRecord(@Nullable String id, @Nullable String messageId, String model, Usage usage) {
        this(id, messageId, model, Pricing.STANDARD, usage);
    }

    /** The same usage at another price. */
    public UsageRecord with(Pricing other) {
        return new UsageRecord(id, messageId, model, other, usage);
    }
}
