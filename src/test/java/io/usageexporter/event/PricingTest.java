package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PricingTest {
    @Test
    void partsOfAnyOrderHaveOneCanonicalText() {
        for (String text : List.of("batch+long+us", "us+batch+long", "long+us+batch+us")) {
            assertThat(Pricing.of(text)).hasToString("batch+long+us").isSameAs(Pricing.of("batch+long+us"));
        }
    }

    @Test
    void emptyTextIsTheStandardPrice() {
        assertThat(Pricing.of("")).isSameAs(Pricing.STANDARD);
        assertThat(Pricing.STANDARD.text()).isEmpty();
        assertThat(Pricing.STANDARD.isStandard()).isTrue();
        assertThat(Pricing.of("batch").isStandard()).isFalse();
    }

    @Test
    void partIsAddedOnceAndInOrder() {
        Pricing batch = Pricing.STANDARD.with(Pricing.US).with(Pricing.BATCH);

        assertThat(batch.text()).isEqualTo("batch+us");
        assertThat(batch.with(Pricing.US)).isSameAs(batch);
        assertThat(batch.has(Pricing.BATCH)).isTrue();
        assertThat(batch.has(Pricing.FAST)).isFalse();
        assertThat(batch.has("bat")).isFalse();
    }

    @Test
    void unknownPartIsKept() {
        Pricing unknown = Pricing.of("us+flex_discount");

        assertThat(unknown.text()).isEqualTo("flex_discount+us");
        assertThat(unknown.isKnown()).isFalse();
        assertThat(unknown).isEqualTo(Pricing.of("flex_discount+us")).hasSameHashCodeAs("flex_discount+us");
        assertThat(Pricing.of("flex+us").isKnown()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "batch, batch",
        "' Flex Discount ', flex_discount",
        "US, us",
        "5h, x5h",
        "é+u, x__u",
        "'', ''",
        "' ', ''",
        "aaaaaaaaaabbbbbbbbbbccccccccccd, aaaaaaaaaabbbbbbbbbbcccccccccc"
    })
    void anyTextCanBeMadeAPart(String text, String part) {
        assertThat(Pricing.part(text)).isEqualTo(part);
        assertThat(Pricing.of(part).text()).isEqualTo(part);
    }

    @ParameterizedTest
    @CsvSource({
        "'', false, false, ''",
        "'', true, false, reported",
        "us, false, true, long+us",
        "batch, true, true, batch+long+reported",
        "long, false, false, long",
        "long, false, true, long",
        "reported, true, true, long+reported",
        "zone, true, true, long+reported+zone",
    })
    void derivedPartsAreAddedToThoseGiven(String given, boolean isReported, boolean isLong, String derived) {
        assertThat(Pricing.of(given).derived(isReported, isLong)).isEqualTo(Pricing.of(derived));
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "long, ''", "long+reported+us, us", "zone, zone", "long+zone, zone"})
    void derivedPartsCanBeTakenAway(String text, String others) {
        assertThat(Pricing.of(text).withoutDerived()).isEqualTo(Pricing.of(others));
    }

    @Test
    void derivedPartsMayMakeItLongerThanAllowedAndItCanStillBeRead() {
        Pricing longest = Pricing.of("z".repeat(Pricing.MAX_LENGTH)).derived(true, true);

        assertThat(longest.text()).isEqualTo("long+reported+" + "z".repeat(Pricing.MAX_LENGTH));
        assertThat(Pricing.parse(longest.text())).isEqualTo(longest);
        assertThat(Pricing.parse(longest.text()).has(Pricing.REPORTED)).isTrue();
        assertThat(Pricing.parse("batch+us")).isSameAs(Pricing.of("us+batch"));
    }

    @Test
    void orderIsThatOfTheTexts() {
        assertThat(Pricing.of("batch")).isLessThan(Pricing.of("batch+us"));
        assertThat(Pricing.STANDARD).isLessThan(Pricing.of("batch"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"+", "batch+", "+batch", "batch++us", "Batch", "batch us", "batch,us", "5m", "bätch", "a\u0000"})
    void textThatIsNoPricingIsRejected(String text) {
        assertThatThrownBy(() -> Pricing.of(text))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage("pricing must be parts joined by +, such as batch+us, that each match [a-z][a-z0-9_.-]*,"
                        + " up to 100 characters");
    }

    @Test
    void textOfAHundredCharactersIsTheLongest() {
        String longest = "a".repeat(97);

        assertThat(Pricing.of(longest).with(Pricing.US).text()).hasSize(100);
        assertThatThrownBy(() -> Pricing.of(longest + "b").with(Pricing.US)).isInstanceOf(InvalidEventException.class);
    }
}
