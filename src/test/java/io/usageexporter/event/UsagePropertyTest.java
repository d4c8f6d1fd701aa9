package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class UsagePropertyTest {
    @Property
    void parsesItsOwnText(@ForAll("usages") Usage usage) {
        Usage read = Usage.parse(usage.toString());
        assertThat(read).isEqualTo(usage).hasSameHashCodeAs(usage).hasToString(usage.toString());
    }

    @Property
    void parsesItsCompactText(@ForAll("usages") Usage usage) {
        assertThat(Usage.parse(usage.compact())).isEqualTo(usage);
    }

    @Property
    void visitsEachAmountOnce(@ForAll("amounts") Map<Measure, Amount> amounts) {
        var passed = new TreeMap<Measure, Amount>();
        Usage.of(amounts)
                .forEach((measure, amount) ->
                        assertThat(passed.put(measure, amount)).isNull());
        var expected = new TreeMap<>(amounts);
        expected.values().removeIf(amount -> amount.micros() == 0);
        assertThat(passed).isEqualTo(expected);
    }

    @Property
    void measureParsesItsOwnText(@ForAll("measures") Measure measure) {
        assertThat(Measure.parse(measure.toString())).isEqualTo(measure);
    }

    @Property
    void addingTheDifferenceYieldsTheMaximumOfBoth(@ForAll("usages") Usage a, @ForAll("usages") Usage b) {
        Map<Measure, Amount> highest = amountsOf(a);
        amountsOf(b)
                .forEach((measure, amount) ->
                        highest.merge(measure, amount, (one, other) -> one.micros() < other.micros() ? other : one));
        assertThat(a.plus(b.minusClamped(a)))
                .isEqualTo(b.plus(a.minusClamped(b)))
                .isEqualTo(Usage.of(highest));
    }

    @Property
    void differenceToItselfIsEmpty(@ForAll("usages") Usage usage) {
        assertThat(usage.minusClamped(usage).isEmpty()).isTrue();
        assertThat(usage.minusClamped(Usage.of(Map.of()))).isEqualTo(usage);
    }

    @Property
    void sumsEachAmountUpToTheMaximum(@ForAll("usages") Usage a, @ForAll("usages") Usage b) {
        Map<Measure, Amount> sums = amountsOf(a);
        amountsOf(b)
                .forEach((measure, amount) -> sums.merge(
                        measure,
                        amount,
                        (one, other) -> new Amount(Math.min(Amount.MAX_MICROS, one.micros() + other.micros()))));
        assertThat(a.plus(b)).isEqualTo(b.plus(a)).isEqualTo(Usage.of(sums));
    }

    private static Map<Measure, Amount> amountsOf(Usage usage) {
        var amounts = new TreeMap<Measure, Amount>();
        usage.forEach(amounts::put);
        return amounts;
    }

    @Provide
    Arbitrary<Usage> usages() {
        return amounts().map(Usage::of);
    }

    @Provide
    Arbitrary<Map<Measure, Amount>> amounts() {
        Arbitrary<Amount> amount =
                Arbitraries.longs().between(0, Amount.MAX_MICROS).map(Amount::new);
        return Arbitraries.maps(measures(), amount).ofMaxSize(12);
    }

    @Provide
    Arbitrary<Measure> measures() {
        Arbitrary<Measure> resources =
                Arbitraries.strings().withChars("abcxyz019_").ofMaxLength(8).map(text -> Measure.of("r" + text));
        return Arbitraries.oneOf(resources, Arbitraries.of(TokenKind.class).map(Measure::tokens));
    }
}
