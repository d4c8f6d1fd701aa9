package io.usageexporter.totals;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Measure;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SeriesAmountsTest {
    private static final BigDecimal LARGEST = new BigDecimal("99999999999999999999.999999");
    private static final BigDecimal FINEST = new BigDecimal("0.000000000001");

    @Property(tries = 300)
    void behavesAsAnyOtherMap(@ForAll("changes") List<Map<Integer, BigDecimal>> changes) {
        var model = new HashMap<Series, BigDecimal>();
        var amounts = SeriesAmounts.copyOf(Map.of());
        for (Map<Integer, BigDecimal> change : changes) {
            SeriesAmounts before = amounts;
            var modelBefore = new HashMap<>(model);
            var changed = new HashMap<Series, BigDecimal>();
            change.forEach((number, amount) -> changed.put(series(number), amount));
            changed.forEach((series, amount) -> {
                if (amount.signum() == 0) {
                    model.remove(series);
                } else {
                    model.put(series, amount);
                }
            });
            amounts = amounts.with(changed);
            check(amounts, model);
            check(before, modelBefore);
        }
        check(SeriesAmounts.copyOf(model), model);
    }

    private static void check(SeriesAmounts amounts, Map<Series, BigDecimal> model) {
        assertThat(amounts).hasSize(model.size());
        assertThat(amounts.keySet()).isEqualTo(model.keySet());
        model.forEach((series, amount) -> assertThat(amounts.get(series)).isEqualByComparingTo(amount));
        var visited = new ArrayList<Series>();
        amounts.forEach((series, amount) -> {
            visited.add(series);
            assertThat(amount).isEqualByComparingTo(model.get(series));
        });
        assertThat(visited).containsExactlyInAnyOrderElementsOf(model.keySet());
        assertThat(amounts.get(series(-1))).isNull();
    }

    @Provide
    Arbitrary<List<Map<Integer, BigDecimal>>> changes() {
        Arbitrary<BigDecimal> amount = Arbitraries.oneOf(
                Arbitraries.of(BigDecimal.ZERO, BigDecimal.ONE, LARGEST, FINEST, BigDecimal.valueOf(Long.MIN_VALUE, 6)),
                Arbitraries.bigDecimals().ofScale(6).between(BigDecimal.ZERO, new BigDecimal("1000000000000")));
        return Arbitraries.maps(Arbitraries.integers().between(0, 60), amount)
                .ofMaxSize(40)
                .list()
                .ofMaxSize(6);
    }

    private static Series series(int number) {
        return new Series("p", "category " + number % 7, "model " + number, Measure.of("requests"));
    }

    @Test
    void copyOfACopyIsTheSameObject() {
        var amounts = SeriesAmounts.copyOf(Map.of(series(1), BigDecimal.ONE));
        assertThat(SeriesAmounts.copyOf(amounts)).isSameAs(amounts);
    }
}
