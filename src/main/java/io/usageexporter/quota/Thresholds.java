package io.usageexporter.quota;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The status rule: good below the warning threshold, warning from there up to and including the critical threshold,
 * critical above. Compared exactly, never as floating point.
 *
 * @param warning share of the limit, from 0 to {@code critical}
 * @param critical share of the limit, up to 1
 */
public record Thresholds(BigDecimal warning, BigDecimal critical) {
    /** Yellow from 50 %, red above 80 %. */
    public static final Thresholds DEFAULT = new Thresholds(new BigDecimal("0.50"), new BigDecimal("0.80"));

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    public Thresholds {
        if (warning.signum() < 0 || warning.compareTo(critical) > 0 || critical.compareTo(BigDecimal.ONE) > 0) {
            throw new IllegalArgumentException("thresholds must be 0 <= warning <= critical <= 1");
        }
    }

    /** The status of a quota. A limit of 0 allows nothing, so it is critical from the start. */
    public Status status(BigDecimal used, BigDecimal limit) {
        if (limit.signum() == 0) {
            return Status.CRITICAL;
        }
        if (used.compareTo(limit.multiply(warning)) < 0) {
            return Status.GOOD;
        }
        return used.compareTo(limit.multiply(critical)) <= 0 ? Status.WARNING : Status.CRITICAL;
    }

    /**
     * The percentage used, rounded half up, but never across a threshold, so that the rounded number has the same
     * status as the exact one, unless the thresholds are too close to be distinguished at this precision.
     */
    public BigDecimal percent(BigDecimal used, BigDecimal limit, int decimals) {
        if (limit.signum() == 0) {
            return HUNDRED;
        }
        BigDecimal part = used.multiply(HUNDRED);
        BigDecimal nearest = part.divide(limit, decimals, RoundingMode.HALF_UP);
        Status exact = status(used, limit);
        for (RoundingMode mode : new RoundingMode[] {RoundingMode.HALF_UP, RoundingMode.FLOOR, RoundingMode.CEILING}) {
            BigDecimal rounded = part.divide(limit, decimals, mode);
            if (status(rounded, HUNDRED) == exact) {
                return rounded;
            }
        }
        return nearest;
    }
}
