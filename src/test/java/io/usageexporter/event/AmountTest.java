package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    @ParameterizedTest(name = "{0} is {1} millionths")
    @CsvSource({
        "0.0000005, 0",
        "0.00000050000000000000000001, 1",
        "0.0000015, 2",
        "0.0000025, 2",
        "0.00000251, 3",
        "0.0000035, 4",
        "1.2345665, 1234566",
        "1.2345675, 1234568",
        "0.0125, 12500",
        "1e3, 1000000000",
        "1e-6, 1",
        "9.9e-7, 1",
        "4e-7, 0",
    })
    void roundsHalfEvenToSixPlaces(BigDecimal units, long micros) {
        assertThat(Amount.of(units)).isEqualTo(new Amount(micros));
    }

    @Test
    void tenTenthsAreExactlyOne() {
        BigDecimal sum = Collections.nCopies(10, Amount.of(new BigDecimal("0.1"))).stream()
                .map(Amount::units)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(sum).isEqualByComparingTo("1");
    }

    @Test
    void sumOfLargestAmountsDoesNotOverflow() {
        BigDecimal sum = Collections.nCopies(100, new Amount(Amount.MAX_MICROS)).stream()
                .map(Amount::units)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        assertThat(sum).isEqualByComparingTo("1e14");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "1000000000000",
                "1e12",
                "1000000000000.000000",
                "1000000000000.0000005",
                "0.000000e12",
                "0000000000000000000000001",
            })
    void acceptsBothBounds(String units) {
        assertThat(Amount.of(new BigDecimal(units)).units()).isBetween(BigDecimal.ZERO, new BigDecimal("1e12"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-0.0000001",
                "-1e-999999999",
                "1000000000000.000001",
                "1000000000000.00000051",
                "1000000000001",
                "9999999999999",
                "1e13",
                "1e999999999",
            })
    void rejectsDecimalsOutOfRange(String units) {
        assertThatThrownBy(() -> Amount.of(new BigDecimal(units)))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("a decimal number from 0 to 10^12");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, 1_000_000_000_001L, Long.MAX_VALUE})
    void rejectsWholeNumbersOutOfRange(long units) {
        assertThatThrownBy(() -> Amount.of(units))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("a decimal number from 0 to 10^12");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1000000", "1000000000000, 1000000000000000000"})
    void readsWholeNumbersAsUnits(long units, long micros) {
        assertThat(Amount.of(units)).isEqualTo(new Amount(micros));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1_000_000_000_000_000_001L, Long.MAX_VALUE, Long.MIN_VALUE})
    void constructorRejectsMicrosOutOfRange(long micros) {
        assertThatThrownBy(() -> new Amount(micros)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e-999999999", "1e-2147483646", "0e-999999999", "0e999999999", "0e2147483647"})
    void roundsHugeNegativeExponentToZeroInConstantTime(String units) {
        BigDecimal number = new BigDecimal(units);
        Assertions.assertTimeoutPreemptively(
                SOON, () -> assertThat(Amount.of(number)).isEqualTo(new Amount(0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e2147483646", "-1e999999999", "-1e-999999999"})
    void rejectsHugeExponentInConstantTime(String units) {
        BigDecimal number = new BigDecimal(units);
        Assertions.assertTimeoutPreemptively(
                SOON, () -> assertThatThrownBy(() -> Amount.of(number)).isInstanceOf(InvalidEventException.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-0", "-0.0", "-0e10", "0.000000"})
    void acceptsMinusZeroAsZero(String units) {
        assertThat(Amount.of(new BigDecimal(units))).isEqualTo(new Amount(0));
    }

    @ParameterizedTest(name = "{0} millionths are written {1}")
    @CsvSource({
        "0, 0",
        "1, 0.000001",
        "12500, 0.0125",
        "100000, 0.1",
        "1000000, 1",
        "1200000000, 1200",
        "1500000, 1.5",
        "1000000000000000000, 1000000000000",
        "999999999999999999, 999999999999.999999",
    })
    void formatsPlainDigits(long micros, String text) {
        assertThat(new Amount(micros)).hasToString(text);
    }
}
