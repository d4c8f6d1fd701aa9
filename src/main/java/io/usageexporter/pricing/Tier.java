package io.usageexporter.pricing;

import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Prices for some of the requests to a model.
 *
 * @param over how many tokens the prompt must exceed; 0 for prompts of any length
 * @param usdPerMillion the prices of all tokens of such a request; a kind that is absent has none
 * @param until the day after the last one on which they hold; null for no end of their own
 */
public record Tier(
        BigDecimal over,
        SortedMap<TokenKind, BigDecimal> usdPerMillion,
        @Nullable LocalDate until) {
    boolean holdsOn(LocalDate day) {
        return until == null || day.isBefore(until);
    }
}
