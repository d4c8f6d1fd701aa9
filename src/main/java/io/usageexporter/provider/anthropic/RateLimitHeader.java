package io.usageexporter.provider.anthropic;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rate limit in the headers of a response, for the class of models that responded. Immutable.
 *
 * @param name {@code requests}, {@code input-tokens}, {@code priority-input-tokens}, {@code fast-output-tokens}, …
 * @param limit per period; null if not reported, as for the next two
 * @param remaining until the reset
 * @param reset when the full limit is available again
 */
public record RateLimitHeader(
        String name,
        @Nullable BigDecimal limit,
        @Nullable BigDecimal remaining,
        @Nullable Instant reset) {}
