package io.usageexporter.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaTest {
    @ParameterizedTest(name = "of {1}, with {0} used, {2} remain")
    @CsvSource({
        "0, 1000, 1000",
        "15, 1000, 985",
        "0.000001, 100, 99.999999",
        "1000, 1000, 0",
        "1000.000001, 1000, 0",
        "5000, 1000, 0",
        "0, 0, 0",
        "1, 0, 0",
    })
    void remainingIsNeverNegative(BigDecimal used, BigDecimal limit, BigDecimal remaining) {
        assertThat(quota(used, limit).remaining()).isEqualByComparingTo(remaining);
    }

    @ParameterizedTest(name = "{0} of {1} is a ratio of {2}")
    @CsvSource({"0, 1000, 0", "15, 1000, 0.015", "1, 3, 0.3333333333333333", "1500, 1000, 1.5", "0, 0, 1", "7, 0, 1"})
    void ratioIsUsedDividedByLimit(BigDecimal used, BigDecimal limit, double ratio) {
        assertThat(quota(used, limit).usedRatio()).isEqualTo(ratio);
    }

    @ParameterizedTest(name = "{0} of {1} is {2} %")
    @CsvSource({
        "0, 1000, 0",
        "15, 1000, 1.5",
        "45000, 1000000, 4.5",
        "1, 3, 33.3333",
        "2, 3, 66.6667",
        "2500, 1000, 250",
        "499.9999, 1000, 49.9999",
        "499.9999999, 1000, 49.9999",
        "800.0000001, 1000, 80.0001",
        "1, 0, 100",
    })
    void percentageHasAtMostFourDecimalsAndMayExceed100(BigDecimal used, BigDecimal limit, BigDecimal percent) {
        assertThat(quota(used, limit).percent()).isEqualByComparingTo(percent);
    }

    @ParameterizedTest(name = "{0} of 1000 is {1}")
    @CsvSource({"499, GOOD", "500, WARNING", "800, WARNING", "801, CRITICAL", "2000, CRITICAL"})
    void statusFollowsThresholds(BigDecimal used, Status status) {
        assertThat(quota(used, BigDecimal.valueOf(1000)).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"GOOD, good, 0", "WARNING, warning, 1", "CRITICAL, critical, 2"})
    void statusHasLabelAndLevel(Status status, String label, int level) {
        assertThat(status.label()).isEqualTo(label);
        assertThat(status.level()).isEqualTo(level);
    }

    private static Quota quota(BigDecimal used, BigDecimal limit) {
        return new Quota(used, limit, Thresholds.DEFAULT);
    }
}
