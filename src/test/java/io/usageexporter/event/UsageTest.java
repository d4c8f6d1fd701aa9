package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    private static final Measure REQUESTS = Measure.of("requests");
    private static final Measure INPUT = Measure.tokens(TokenKind.INPUT);

    @Test
    void compactTextIsPinnedSinceLedgersHoldIt() {
        Usage usage = Usage.parse("compute_units=0.5 requests=1 tokens.cache_read=2 tokens.cache_write_1h=3"
                + " tokens.cache_write_5m=4 tokens.input=5 tokens.output=6 tokens.unspecified=7 tiles=8 usd=9");

        assertThat(usage.compact().split(" "))
                .containsExactlyInAnyOrder("U0.5", "R1", "C2", "X3", "W4", "I5", "O6", "T7", "tiles=8", "M9");
    }

    @Test
    void textIsOrderedByMeasure() {
        Usage usage = Usage.of(Map.of(
                Measure.tokens(TokenKind.OUTPUT),
                Amount.of(800),
                INPUT,
                Amount.of(1200),
                REQUESTS,
                Amount.of(1),
                Measure.of("compute_units"),
                Amount.of(new BigDecimal("0.0125"))));
        assertThat(usage).hasToString("compute_units=0.0125 requests=1 tokens.input=1200 tokens.output=800");
    }

    @Test
    void zeroAmountEqualsNoAmount() {
        Usage usage = Usage.of(Map.of(REQUESTS, Amount.of(1), INPUT, Amount.of(0)));
        assertThat(usage).isEqualTo(Usage.of(Map.of(REQUESTS, Amount.of(1)))).hasToString("requests=1");
    }

    @Test
    void textOfEmptyUsageIsEmpty() {
        assertThat(Usage.of(Map.of())).hasToString("").isEqualTo(Usage.parse(""));
    }

    @Test
    void differentAmountsAreNotEqual() {
        assertThat(Usage.of(Map.of(REQUESTS, Amount.of(1)))).isNotEqualTo(Usage.of(Map.of(REQUESTS, Amount.of(2))));
    }

    @Test
    void differentTokenKindsAreNotEqual() {
        assertThat(Usage.of(Map.of(INPUT, Amount.of(1))))
                .isNotEqualTo(Usage.of(Map.of(Measure.tokens(TokenKind.OUTPUT), Amount.of(1))));
    }

    @Test
    void isEmptyWhenAllAmountsAreZero() {
        assertThat(Usage.of(Map.of(REQUESTS, Amount.of(0))).isEmpty()).isTrue();
        assertThat(Usage.of(Map.of(REQUESTS, new Amount(1))).isEmpty()).isFalse();
    }

    @Test
    void onlyKeepsNamedResourcesWithAllTokenKinds() {
        Usage usage = Usage.parse("compute_units=2 requests=1 tokens.input=3 tokens.output=4");
        assertThat(usage.only(Set.of("tokens", "images"))).hasToString("tokens.input=3 tokens.output=4");
        assertThat(usage.only(Set.of()).isEmpty()).isTrue();
        assertThat(usage).hasToString("compute_units=2 requests=1 tokens.input=3 tokens.output=4");
    }

    @Test
    void differenceIsPerTokenKind() {
        Usage preliminary = Usage.parse("compute_units=0.5 tokens.input=3 tokens.output=9");
        Usage later = Usage.parse("compute_units=0.75 tokens.cache_read=1 tokens.input=3 tokens.output=4");
        assertThat(later.minusClamped(preliminary)).hasToString("compute_units=0.25 tokens.cache_read=1");
    }

    @ParameterizedTest
    @CsvSource({
        "runs=1, runs=1, true",
        "runs=1 usd=0.5, runs=1, true",
        "usd=0.5, '', true",
        "runs=1 usd=0.5, runs=1 usd=0.6, false",
        "runs=1 usd=0.5, runs=2, false",
        "runs=1, runs=1 tokens.input=1, false"
    })
    void sameUsageMayLackMoney(String one, String other, boolean same) {
        assertThat(Usage.parse(one).isSameAs(Usage.parse(other))).isEqualTo(same);
        assertThat(Usage.parse(other).isSameAs(Usage.parse(one))).isEqualTo(same);
    }

    @Test
    void sumIsCappedAtTheMaximum() {
        Usage largest = Usage.of(Map.of(REQUESTS, new Amount(Amount.MAX_MICROS)));
        assertThat(largest.plus(Usage.parse("requests=1 compute_units=1")))
                .hasToString("compute_units=1 requests=1000000000000");
    }

    @Test
    void amendingEventIsAnAmendment() {
        var event = new UsageEvent("x", "p", "c", "", null, Usage.parse("requests=1"));
        Instant now = Instant.parse("2026-11-24T09:15:00Z");
        assertThat(new RecordedEvent(7, event, now, Source.GATEWAY).isAmendment())
                .isFalse();
        assertThat(new RecordedEvent(8, event, now, Source.POLLER, 7, event.pricing()).isAmendment())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, true, false",
        "requests=1 tokens.input=2.5 tokens.output=100, 2500000, true, false",
        "requests=1.000001 tokens.cache_read=1 tokens.cache_write_1h=2 tokens.cache_write_5m=3 tokens.input=4, 10000000, false, false",
        "requests=0.5 runs=7 tokens.unspecified=9 usd=0.000001, 0, true, true",
        "usd=1 web_searches=2, 0, true, true",
    })
    void saysWhatThePriceDependsOn(String text, long promptMicros, boolean isOfOneRequest, boolean hasMoney) {
        Usage usage = Usage.parse(text);
        assertThat(usage.promptMicros()).isEqualTo(promptMicros);
        assertThat(usage.isOfOneRequest()).isEqualTo(isOfOneRequest);
        assertThat(usage.hasMoney()).isEqualTo(hasMoney);
    }

    @Test
    void copiesTheGivenMap() {
        var amounts = new HashMap<>(Map.of(REQUESTS, Amount.of(1)));
        Usage usage = Usage.of(amounts);
        amounts.put(REQUESTS, Amount.of(2));
        assertThat(usage).hasToString("requests=1");
    }

    @ParameterizedTest
    @EnumSource
    void findsTokenKindByLabel(TokenKind kind) {
        assertThat(TokenKind.of(kind.label())).isEqualTo(kind);
    }

    @ParameterizedTest
    @EnumSource
    void findsSourceByLabel(Source source) {
        assertThat(Source.of(source.label())).isEqualTo(source);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Requests", "1st", "_x", "a-b", "a.b", "a b", "é", "a\n", "tokens"})
    void rejectsInvalidResource(String text) {
        assertThatThrownBy(() -> Measure.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tokens.", "tokens.other", "requests.input", "tokens"})
    void rejectsUnknownTokenKind(String text) {
        assertThatThrownBy(() -> Measure.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
