package io.usageexporter.event;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The amount of one resource in one event: a decimal of at most six places from 0 to 10<sup>12</sup>, held exactly as
 * that many millionths. Sums of amounts are {@link BigDecimal}s, which cannot wrap.
 *
 * @param micros the amount in millionths, from 0 to {@link #MAX_MICROS}
 */
public record Amount(long micros) {
    /** Decimal places kept. */
    public static final int SCALE = 6;

    /** The largest amount, in millionths. */
    public static final long MAX_MICROS = 1_000_000_000_000_000_000L;

    /** The allowed amounts, for error messages. */
    public static final String ALLOWED = "a decimal number from 0 to 10^12";

    private static final long UNIT = 1_000_000L;
    private static final int MAX_DIGITS_BEFORE_POINT = 13;

    public Amount {
        if (micros < 0 || micros > MAX_MICROS) {
            throw new IllegalArgumentException("not " + ALLOWED + ": " + micros + " millionths");
        }
    }

    /**
     * A whole number of units.
     *
     * @throws InvalidEventException when it is not {@link #ALLOWED}; the message lacks the field's name
     */
    public static Amount of(long units) {
        if (units < 0 || units > MAX_MICROS / UNIT) {
            throw new InvalidEventException("must be " + ALLOWED);
        }
        return new Amount(units * UNIT);
    }

    /**
     * Rounds half-even to six places. Takes any exponent in constant time.
     *
     * @throws InvalidEventException when it is not {@link #ALLOWED}; the message lacks the field's name
     */
    public static Amount of(BigDecimal units) {
        long digitsBeforePoint = (long) units.precision() - units.scale();
        if (units.signum() < 0 || (units.signum() > 0 && digitsBeforePoint > MAX_DIGITS_BEFORE_POINT)) {
            throw new InvalidEventException("must be " + ALLOWED);
        }
        if (units.signum() == 0 || digitsBeforePoint < -SCALE) {
            return new Amount(0);
        }
        BigDecimal micros = units.setScale(SCALE, RoundingMode.HALF_EVEN).movePointRight(SCALE);
        if (micros.compareTo(BigDecimal.valueOf(MAX_MICROS)) > 0) {
            throw new InvalidEventException("must be " + ALLOWED);
        }
        return new Amount(micros.longValueExact());
    }

    /** The amount in units, for exact sums. */
    public BigDecimal units() {
        return BigDecimal.valueOf(micros, SCALE);
    }

    /** Units as plain decimal digits without trailing zeros: {@code 1200}, {@code 0.0125}. */
    @Override
    public String toString() {
        return micros % UNIT == 0 ? Long.toString(micros / UNIT) : Decimals.plain(units());
    }
}
