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
    void readsWhatItWrote(@ForAll("usages") Usage usage) {
        Usage read = Usage.parse(usage.toString());
        assertThat(read).isEqualTo(usage).hasSameHashCodeAs(usage).hasToString(usage.toString());
    }

    @Property
    void passesOnEveryAmountOnce(@ForAll("amounts") Map<Measure, Amount> amounts) {
        var passed = new TreeMap<Measure, Amount>();
        Usage.of(amounts)
                .forEach((measure, amount) ->
                        assertThat(passed.put(measure, amount)).isNull());
        var expected = new TreeMap<>(amounts);
        expected.values().removeIf(amount -> amount.micros() == 0);
        assertThat(passed).isEqualTo(expected);
    }

    @Property
    void aMeasureReadsWhatItWrote(@ForAll("measures") Measure measure) {
        assertThat(Measure.parse(measure.toString())).isEqualTo(measure);
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
