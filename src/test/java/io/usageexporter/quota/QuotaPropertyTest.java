package io.usageexporter.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.Scale;

class QuotaPropertyTest {
    @Property
    void usedPlusRemainingEqualsTheLimitUntilExceeded(
            @ForAll @BigRange(min = "0", max = "1000000000000000000") @Scale(6) BigDecimal used,
            @ForAll @BigRange(min = "0", max = "1000000000000000000") @Scale(6) BigDecimal limit) {
        assertThat(quota(used, limit).remaining().add(used)).isEqualByComparingTo(limit.max(used));
    }

    private static Quota quota(BigDecimal used, BigDecimal limit) {
        return new Quota(used, limit, Thresholds.DEFAULT);
    }
}
