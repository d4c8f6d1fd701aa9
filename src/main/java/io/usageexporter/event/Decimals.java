package io.usageexporter.event;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Formats decimals, the same way everywhere. */
public final class Decimals {
    private Decimals() {}

    /** An amount of a resource in plain digits; money is rounded to six places. */
    public static String plain(String resource, BigDecimal value) {
        return plain(resource.equals(Measure.USD) ? value.setScale(Amount.SCALE, RoundingMode.HALF_EVEN) : value);
    }

    /** Plain digits, no exponent, no trailing zeros: {@code 45000}, {@code 0.1}, {@code 0}. */
    public static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
