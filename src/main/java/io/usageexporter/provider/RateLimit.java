package io.usageexporter.provider;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rate limit as the provider last reported it.
 *
 * @param model whose limit it is; empty where that is not known
 * @param name as the provider names it, such as {@code input-tokens}
 * @param limit the most in a period; null if it was not reported, as are the others
 * @param remaining what was left
 * @param reset when all of it is there again
 */
public record RateLimit(
        String provider,
        String model,
        String name,
        @Nullable BigDecimal limit,
        @Nullable BigDecimal remaining,
        @Nullable Instant reset) {}
