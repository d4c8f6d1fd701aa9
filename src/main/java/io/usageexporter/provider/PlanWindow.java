package io.usageexporter.provider;

import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rate-limit window of a subscription, as a response reported it. Immutable.
 *
 * @param organization whose subscription it is; empty if unknown
 * @param name as the provider names it, such as {@code unified-5h}
 * @param used share of the limit; may exceed 1
 * @param reset when the window ends; null if not reported
 * @param length of the window; null if unknown
 * @param status the provider's own, such as {@code allowed} or {@code rejected}; null if not reported
 * @param isBinding whether the response names it as the window that limits calls
 */
public record PlanWindow(
        String provider,
        String organization,
        String name,
        BigDecimal used,
        @Nullable Instant reset,
        @Nullable Duration length,
        @Nullable String status,
        boolean isBinding) {
    /** The same as a quota, whose limit is 1. */
    public Quota quota(Thresholds thresholds) {
        return new Quota(used, BigDecimal.ONE, thresholds);
    }
}
