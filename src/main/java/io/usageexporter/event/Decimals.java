package io.usageexporter.event;

import java.math.BigDecimal;

/** Formats decimals, the same way everywhere. */
public final class Decimals {
    private Decimals() {}

    /** Plain digits, no exponent, no trailing zeros: {@code 45000}, {@code 0.1}, {@code 0}. */
    public static String plain(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }
}
