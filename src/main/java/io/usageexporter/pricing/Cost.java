package io.usageexporter.pricing;

import java.math.BigDecimal;
import java.util.List;

/**
 * What usage costs.
 *
 * @param usd the exact cost of all that has a price
 * @param unpriced what has none, so that the cost is at least {@code usd}; by provider, model and resource
 */
public record Cost(BigDecimal usd, List<Unpriced> unpriced) {
    public Cost {
        unpriced = List.copyOf(unpriced);
    }

    /** Whether everything has a price. */
    public boolean isComplete() {
        return unpriced.isEmpty();
    }
}
