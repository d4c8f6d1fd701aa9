package io.usageexporter.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdsTest {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    @ParameterizedTest(name = "{0} % is {1}")
    @CsvSource({
        "0, GOOD",
        "49.9, GOOD",
        "49.9999, GOOD",
        "49.9999999999999999999999, GOOD",
        "50, WARNING",
        "50.0000000000000000000001, WARNING",
        "79.9999, WARNING",
        "80, WARNING",
        "80.0000000000000000000001, CRITICAL",
        "80.0001, CRITICAL",
        "80.1, CRITICAL",
        "100, CRITICAL",
        "1000000, CRITICAL",
    })
    void warningStartsAt50PercentAndCriticalAbove80Percent(BigDecimal used, Status status) {
        assertThat(Thresholds.DEFAULT.status(used, HUNDRED)).isEqualTo(status);
    }

    @ParameterizedTest(name = "{0} of {1} is {2}")
    @CsvSource({
        "499.999999, 1000, GOOD",
        "500, 1000, WARNING",
        "800, 1000, WARNING",
        "800.000001, 1000, CRITICAL",
        "1, 3, GOOD",
        "2, 3, WARNING",
        "3, 3, CRITICAL",
        "0.000001, 0.000002, WARNING",
        "500000000000000000.000001, 1000000000000000000, WARNING",
        "800000000000000000.000001, 1000000000000000000, CRITICAL",
    })
    void statusIsThatOfTheExactRatio(BigDecimal used, BigDecimal limit, Status status) {
        assertThat(Thresholds.DEFAULT.status(used, limit)).isEqualTo(status);
    }

    @ParameterizedTest(name = "{2} % with thresholds {0} and {1} is {3}")
    @CsvSource({
        "0.7, 0.95, 69.9999, GOOD",
        "0.7, 0.95, 70, WARNING",
        "0.7, 0.95, 95, WARNING",
        "0.7, 0.95, 95.0001, CRITICAL",
        "0.333, 0.333, 33.2999, GOOD",
        "0.333, 0.333, 33.3, WARNING",
        "0.333, 0.333, 33.3001, CRITICAL",
        "0, 0, 0, WARNING",
        "0, 0, 0.000001, CRITICAL",
        "1, 1, 99.999999, GOOD",
        "1, 1, 100, WARNING",
        "1, 1, 100.000001, CRITICAL",
    })
    void customThresholdsDetermineTheStatus(BigDecimal warning, BigDecimal critical, BigDecimal used, Status status) {
        assertThat(new Thresholds(warning, critical).status(used, HUNDRED)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"-0.01, 0.8", "0.81, 0.8", "0.5, 1.01"})
    void rejectsThresholdsOutOfOrderOrRange(BigDecimal warning, BigDecimal critical) {
        assertThatThrownBy(() -> new Thresholds(warning, critical)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void limitOfZeroIsCriticalFromTheStart() {
        assertThat(Thresholds.DEFAULT.status(BigDecimal.ZERO, BigDecimal.ZERO)).isEqualTo(Status.CRITICAL);
    }

    @ParameterizedTest(name = "{0} % at {1} decimals reads {2}")
    @CsvSource({
        "80.04, 1, 80.1",
        "80.0000001, 1, 80.1",
        "80.06, 1, 80.1",
        "80, 1, 80",
        "79.96, 1, 80",
        "49.96, 1, 49.9",
        "49.9999999, 1, 49.9",
        "49.94, 1, 49.9",
        "50, 1, 50",
        "50.04, 1, 50",
        "50.05, 1, 50.1",
        "1.5, 1, 1.5",
        "1.25, 1, 1.3",
        "0.04, 1, 0",
        "49.99996, 4, 49.9999",
        "80.00004, 4, 80.0001",
        "80.04, 4, 80.04",
        "49.6, 0, 49",
        "80.4, 0, 81",
        "123.456, 1, 123.5",
    })
    void roundsPercentageButNeverAcrossAThreshold(BigDecimal used, int decimals, BigDecimal percent) {
        assertThat(Thresholds.DEFAULT.percent(used, HUNDRED, decimals)).isEqualByComparingTo(percent);
    }

    @Test
    void roundsPlainlyWhenThresholdsAreTooClose() {
        var close = new Thresholds(new BigDecimal("0.50001"), new BigDecimal("0.50002"));
        assertThat(close.percent(new BigDecimal("50.0015"), HUNDRED, 1)).isEqualByComparingTo("50");
    }

    @Test
    void limitOfZeroIsFullyUsed() {
        assertThat(Thresholds.DEFAULT.percent(BigDecimal.ZERO, BigDecimal.ZERO, 1))
                .isEqualByComparingTo("100");
    }
}
