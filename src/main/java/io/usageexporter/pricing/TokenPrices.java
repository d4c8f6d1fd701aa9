package io.usageexporter.pricing;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The token prices of a row, in USD per million.
 *
 * @param standard the standard prices; a kind that is absent has none
 * @param longPrompt the prices of requests with a long prompt; null where the length makes no difference
 * @param fast the prices at fast speed; null where there is no such speed
 * @param batch the factor for batches; null where there are none
 * @param us the factor for inference in the US; null where there is no such option
 */
public record TokenPrices(
        SortedMap<TokenKind, BigDecimal> standard,
        @Nullable Tier longPrompt,
        @Nullable Tier fast,
        @Nullable BigDecimal batch,
        @Nullable BigDecimal us) {
    /** No prices. */
    static final TokenPrices NONE =
            new TokenPrices(Collections.unmodifiableSortedMap(new TreeMap<>()), null, null, null, null);

    /** Whether it prices no tokens. */
    public boolean isEmpty() {
        return standard.isEmpty();
    }

    /** The tier for long prompts that holds on a day, or null. */
    @Nullable
    Tier longPromptOn(LocalDate day) {
        return longPrompt != null && longPrompt.holdsOn(day) ? longPrompt : null;
    }

    /** The price of a million tokens, or null where the list has none. */
    @Nullable
    BigDecimal usdPerMillion(Pricing pricing, TokenKind kind, LocalDate day) {
        if (!pricing.isKnown()
                || pricing.has(Pricing.PRIORITY)
                || pricing.has(Pricing.FLEX)
                || pricing.has(Pricing.REPORTED)) {
            return null;
        }
        SortedMap<TokenKind, BigDecimal> prices = prices(pricing, day);
        BigDecimal price = prices == null ? null : prices.get(kind);
        price = pricing.has(Pricing.BATCH) ? times(price, batch) : price;
        return pricing.has(Pricing.US) ? times(price, us) : price;
    }

    private @Nullable SortedMap<TokenKind, BigDecimal> prices(Pricing pricing, LocalDate day) {
        Tier ofLength = pricing.has(Pricing.LONG) ? longPromptOn(day) : null;
        if (!pricing.has(Pricing.FAST)) {
            return ofLength == null ? standard : ofLength.usdPerMillion();
        }
        boolean isCombined = ofLength != null || pricing.has(Pricing.BATCH);
        return fast == null || !fast.holdsOn(day) || isCombined ? null : fast.usdPerMillion();
    }

    private static @Nullable BigDecimal times(@Nullable BigDecimal price, @Nullable BigDecimal factor) {
        return price == null || factor == null ? null : price.multiply(factor);
    }
}
