package io.usageexporter.pricing;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A price and where it comes from.
 *
 * @param row the row that has the price
 * @param listUsd the price per token or unit in that row
 * @param discount the row that has the factor; null for none
 */
public record Quote(
        PriceRow row, BigDecimal listUsd, @Nullable PriceRow discount) {
    /** The price per token or unit. */
    public BigDecimal usd() {
        BigDecimal factor = discount == null ? null : discount.factor();
        return factor == null ? listUsd : listUsd.multiply(factor);
    }
}
