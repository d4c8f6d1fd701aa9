package io.usageexporter.quota;

import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * A quota of a provider in the current window.
 *
 * @param consumer whose quota it is; empty where it is that of all consumers together
 * @param resource the limited resource
 * @param quota its limit and usage
 * @param resetsAt when its window ends
 */
public record WindowQuota(String consumer, String resource, Window window, Quota quota, Instant resetsAt) {
    /** Whether this much more usage exhausts it. */
    public boolean isUsedUpWith(BigDecimal more) {
        return quota.used().add(more).compareTo(quota.limit()) >= 0;
    }
}
