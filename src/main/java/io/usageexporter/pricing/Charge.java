package io.usageexporter.pricing;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What an amount costs, and why.
 *
 * @param usd the exact cost
 * @param quote the price; null for money, which is its own cost, and for what is not charged on its own
 */
public record Charge(BigDecimal usd, @Nullable Quote quote) {
    /** No charge of its own: requests that are paid by their tokens, and amounts whose cost was reported with them. */
    static final Charge INCLUDED = new Charge(BigDecimal.ZERO, null);
}
