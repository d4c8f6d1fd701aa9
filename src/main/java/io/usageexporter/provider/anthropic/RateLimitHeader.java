package io.usageexporter.provider.anthropic;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One rate limit, as a response's headers report it for the class of models that responded. Immutable.
 *
 * @param name {@code requests}, {@code input-tokens}, {@code priority-input-tokens}, {@code fast-output-tokens}, …
 * @param limit the most in a period; null if the response does not say, as for the others
 * @param remaining what is left now
 * @param reset when all of the limit will be there again
 */
public record RateLimitHeader(
        String name,
        @Nullable BigDecimal limit,
        @Nullable BigDecimal remaining,
        @Nullable Instant reset) {}
