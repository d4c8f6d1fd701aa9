package io.usageexporter.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;

class ThresholdsPropertyTest {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    @Property(tries = 5000)
    void roundedPercentageHasTheStatusOfTheExactOne(
            @ForAll @BigRange(min = "0", max = "2000000") @Scale(6) BigDecimal used,
            @ForAll @BigRange(min = "0.000001", max = "1000000") @Scale(6) BigDecimal limit,
            @ForAll @IntRange(max = 6) int decimals) {
        checkAgreement(used, limit, decimals);
    }

    @Property(tries = 5000)
    void percentageAndStatusAgreeNextToThresholds(
            @ForAll @BigRange(min = "1", max = "1000000000") @Scale(6) BigDecimal limit,
            @ForAll @BigRange(min = "-0.001", max = "0.001") @Scale(12) BigDecimal off,
            @ForAll boolean critical,
            @ForAll @IntRange(max = 6) int decimals) {
        BigDecimal share = critical ? Thresholds.DEFAULT.critical() : Thresholds.DEFAULT.warning();
        checkAgreement(limit.multiply(share.add(off)), limit, decimals);
    }

    private static void checkAgreement(BigDecimal used, BigDecimal limit, int decimals) {
        BigDecimal percent = Thresholds.DEFAULT.percent(used, limit, decimals);
        assertThat(Thresholds.DEFAULT.status(percent, HUNDRED)).isEqualTo(Thresholds.DEFAULT.status(used, limit));
        assertThat(percent.subtract(used.multiply(HUNDRED).divide(limit, 30, RoundingMode.HALF_EVEN))
                        .abs())
                .isLessThanOrEqualTo(BigDecimal.ONE.movePointLeft(decimals));
    }
}
