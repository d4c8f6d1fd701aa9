package io.usageexporter.quota;

import java.math.BigDecimal;

/**
 * What a provider's account allows in a month.
 *
 * @param limit 0 or more
 * @param resetDay the day of the month on which the account's months begin, 1 to 31
 */
public record AccountPlan(BigDecimal limit, int resetDay) {}
