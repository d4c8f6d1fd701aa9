package io.usageexporter.provider;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rate limit as the provider last reported it.
 *
 * @param model that the limit applies to; empty if unknown
 * @param name as the provider names it, such as {@code input-tokens}
 * @param limit per period; null if not reported, as for the next two
 * @param remaining until the reset
 * @param reset when the full limit is available again
 */
public record RateLimit(
        String provider,
        String model,
        String name,
        @Nullable BigDecimal limit,
        @Nullable BigDecimal remaining,
        @Nullable Instant reset) {}
