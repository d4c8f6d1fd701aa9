package io.usageexporter.quota;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * One limit and how much of it is used.
 *
 * @param used the usage that counts towards the limit, 0 or more; may exceed the limit
 * @param limit 0 or more
 * @param thresholds decide the status
 * @param isAtLeast whether more may be used than is known, since some usage has no price
 */
public record Quota(BigDecimal used, BigDecimal limit, Thresholds thresholds, boolean isAtLeast) {
    private static final int PERCENT_DECIMALS = 4;

    /** A quota whose usage is known completely. */
    public Quota(BigDecimal used, BigDecimal limit, Thresholds thresholds) {
        this(used, limit, thresholds, false);
    }

    /** Whether nothing is known about what is used, which is then not 0. */
    public boolean isUnknown() {
        return isAtLeast && used.signum() == 0;
    }

    /** What is left, never below 0. */
    public BigDecimal remaining() {
        return limit.subtract(used).max(BigDecimal.ZERO);
    }

    /** By how much the limit is exceeded; 0 if it is not. */
    public BigDecimal over() {
        return used.subtract(limit).max(BigDecimal.ZERO);
    }

    /** Used divided by limit; above 1 if the limit is exceeded; 1 for a limit of 0. */
    public double usedRatio() {
        return limit.signum() == 0
                ? 1
                : used.divide(limit, MathContext.DECIMAL128).doubleValue();
    }

    /** The percentage used, with at most four decimals, on the same side of each threshold as the exact value. */
    public BigDecimal percent() {
        return percent(PERCENT_DECIMALS);
    }

    /** The percentage used, with at most this many decimals, on the same side of each threshold. */
    public BigDecimal percent(int decimals) {
        return thresholds.percent(used, limit, decimals);
    }

    /** Good, warning or critical. */
    public Status status() {
        return thresholds.status(used, limit);
    }
}
