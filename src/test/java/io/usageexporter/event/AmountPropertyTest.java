package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class AmountPropertyTest {
    @Property
    void textParsesAsTheSameAmount(@ForAll @LongRange(min = 0, max = Amount.MAX_MICROS) long micros) {
        Amount amount = new Amount(micros);
        assertThat(Amount.of(new BigDecimal(amount.toString()))).isEqualTo(amount);
        assertThat(Amount.of(amount.units())).isEqualTo(amount);
    }
}
