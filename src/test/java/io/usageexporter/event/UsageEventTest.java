package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageEventTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    private static final Usage USAGE = Usage.of(Map.of(Measure.of("requests"), Amount.of(1)));

    @Test
    void acceptsCategoryOf100Characters() {
        assertThat(ofCategory("x".repeat(100)).category()).hasSize(100);
    }

    @Test
    void rejectsCategoryOf101Characters() {
        assertThatThrownBy(() -> ofCategory("x".repeat(101)))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage("category must have at most 100 characters but has 101");
    }

    @Test
    void countsSupplementaryCharactersOnce() {
        assertThat(ofCategory("🤖".repeat(100)).category()).hasSize(200);
    }

    @Test
    void rejects101SupplementaryCharacters() {
        assertThatThrownBy(() -> ofModel("🤖".repeat(101)))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage("model must have at most 100 characters but has 101");
    }

    @Test
    void acceptsIdOf256Characters() {
        assertThat(ofId("🤖".repeat(256)).id()).isEqualTo("🤖".repeat(256));
    }

    @Test
    void rejectsIdOf257Characters() {
        assertThatThrownBy(() -> ofId("x".repeat(257)))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage("id must have at most 256 characters but has 257");
    }

    @Test
    void rejectsEmptyId() {
        assertThatThrownBy(() -> ofId(""))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("id must not be empty");
    }

    @Test
    void acceptsEventWithoutId() {
        assertThat(ofId(null).id()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F})
    void rejectsControlCharactersInEveryField(int character) {
        String text = "ab" + Character.toString(character);
        assertThatThrownBy(() -> ofId(text))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("id must not contain control characters");
        assertThatThrownBy(() -> ofCategory(text))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("category must not contain control characters")
                .hasMessageContaining("position 2");
        assertThatThrownBy(() -> ofModel(text))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("model must not contain control characters");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x20, 0x7E, 0xA0, 0xE9, 0x200D, 0xFEFF, 0xFFFD, 0x1F577, 0x10FFFF})
    void acceptsAnyOtherCharacter(int character) {
        String text = Character.toString(character);
        assertThat(ofCategory(text).category()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(chars = {0xD800, 0xDBFF, 0xDC00, 0xDFFF})
    void rejectsUnpairedSurrogate(char half) {
        for (String text : new String[] {half + "a", "a" + half, "" + half}) {
            assertThatThrownBy(() -> ofCategory(text))
                    .isInstanceOf(InvalidEventException.class)
                    .hasMessageContaining("unpaired surrogate");
        }
    }

    @Test
    void rejectsSurrogatesInWrongOrder() {
        assertThatThrownBy(() -> ofId("\uDD16\uD83E"))
                .isInstanceOf(InvalidEventException.class)
                .hasMessageContaining("unpaired surrogate");
    }

    @Test
    void emptyCategoryBecomesUncategorized() {
        assertThat(ofCategory("").category()).isEqualTo("uncategorized");
    }

    @Test
    void emptyModelStaysEmpty() {
        assertThat(ofModel("").model()).isEmpty();
    }

    @Test
    void truncatesInstantToMilliseconds() {
        assertThat(ofAt(Instant.parse("2026-11-24T09:15:00.123999999Z")).at())
                .isEqualTo(Instant.parse("2026-11-24T09:15:00.123Z"));
    }

    @Test
    void eventsWithSameContentAreEqual() {
        assertThat(ofAt(Instant.parse("2026-11-24T09:15:00.123456Z")))
                .isEqualTo(ofAt(Instant.parse("2026-11-24T09:15:00.123Z")));
    }

    @Test
    void eventWithoutInstantCountsWhenRecorded() {
        assertThat(new RecordedEvent(1, ofAt(null), NOW, Source.API).at()).isEqualTo(NOW);
    }

    @Test
    void eventWithInstantCountsAtThatInstant() {
        Instant at = NOW.minusSeconds(60);
        assertThat(new RecordedEvent(1, ofAt(at), NOW, Source.API).at()).isEqualTo(at);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-10-15T09:15:00Z",
        "2026-10-15T09:15:00.000000001Z",
        "2026-11-24T09:15:00Z",
        "2026-11-24T09:20:00Z",
    })
    void acceptsInstantsFrom40DaysBackTo5MinutesAhead(Instant at) {
        assertThatCode(() -> UsageEvent.checkAt(at, NOW, UsageEvent.MAX_AGE)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-10-15T09:14:59.999999999Z",
        "2026-11-24T09:20:00.000000001Z",
        "1970-01-01T00:00:00Z",
        "-999999999-01-01T00:00:00Z",
        "+999999999-12-31T23:59:59Z",
    })
    void rejectsOtherInstants(Instant at) {
        assertThatThrownBy(() -> UsageEvent.checkAt(at, NOW, UsageEvent.MAX_AGE))
                .isInstanceOf(InvalidEventException.class)
                .hasMessage("at must be from 40 days back to 5 minutes ahead of now, which is 2026-11-24T09:15:00Z");
    }

    private static UsageEvent ofId(@Nullable String id) {
        return new UsageEvent(id, "anthropic", "recommendations", "", NOW, USAGE);
    }

    private static UsageEvent ofCategory(String category) {
        return new UsageEvent(null, "anthropic", category, "", NOW, USAGE);
    }

    private static UsageEvent ofModel(String model) {
        return new UsageEvent(null, "anthropic", "recommendations", model, NOW, USAGE);
    }

    private static UsageEvent ofAt(@Nullable Instant at) {
        return new UsageEvent(null, "anthropic", "recommendations", "", at, USAGE);
    }
}
