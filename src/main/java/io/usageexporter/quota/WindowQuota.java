package io.usageexporter.quota;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * What a provider's quota has left.
 *
 * @param resource that is limited
 * @param quota used and limit
 * @param resetsAt when its window ends
 */
public record WindowQuota(String resource, Window window, Quota quota, Instant resetsAt) {
    /** Whether all of it is used once this much more is. */
    public boolean isUsedUpWith(BigDecimal more) {
        return quota.used().add(more).compareTo(quota.limit()) >= 0;
    }
}
