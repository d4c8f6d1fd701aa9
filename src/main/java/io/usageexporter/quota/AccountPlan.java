package io.usageexporter.quota;

import java.math.BigDecimal;
import java.util.Map;

/**
 * What a provider's account allows in a month. Immutable.
 *
 * @param limits 0 or more, by resource; a resource that is absent has no limit
 * @param resetDay the day of the month on which the account's months begin, 1 to 31
 */
public record AccountPlan(Map<String, BigDecimal> limits, int resetDay) {
    public AccountPlan {
        limits = Map.copyOf(limits);
    }
}
