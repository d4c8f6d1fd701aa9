package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextRuleTest {
    @Test
    void keepsValidText() {
        assertThat(TextRule.LABEL.sanitize("Empfehlungen für alle \"🤖\" <b>"))
                .isEqualTo("Empfehlungen für alle \"🤖\" <b>");
    }

    @Test
    void replacesInvalidCharactersByQuestionMarks() {
        assertThat(TextRule.LABEL.sanitize("a\tb\0c\177")).isEqualTo("a?b?c?");
        assertThat(TextRule.LABEL.sanitize("a\ud83e b")).isEqualTo("a? b");
    }

    @Test
    void truncatesToHundredCodePoints() {
        assertThat(TextRule.LABEL.sanitize("🤖".repeat(101))).isEqualTo("🤖".repeat(100));
    }

    @Test
    void trimsSpace() {
        assertThat(TextRule.LABEL.sanitize("  a b ")).isEqualTo("a b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u007f", "\u0085", "\ud83e", "\udc00\ud800"})
    void controlCharactersAndUnpairedSurrogatesAreInvalid(String text) {
        assertThat(TextRule.LABEL.isValid(text)).isFalse();
        assertThat(TextRule.ID.isValid(text)).isFalse();
    }

    @Test
    void lengthIsCountedInCodePoints() {
        assertThat(TextRule.LABEL.isValid("🤖".repeat(100))).isTrue();
        assertThat(TextRule.LABEL.isValid("🤖".repeat(101))).isFalse();
        assertThat(TextRule.LABEL.isValid("a".repeat(101))).isFalse();
        assertThat(TextRule.ID.isValid("🤖".repeat(256))).isTrue();
        assertThat(TextRule.ID.isValid("🤖".repeat(257))).isFalse();
    }

    @Property
    void resultIsAlwaysAValidLabel(@ForAll String text) {
        String clean = TextRule.LABEL.sanitize(text);
        assertThat(new UsageEvent(null, "p", clean, clean, null, Usage.of(Map.of())).model())
                .isEqualTo(clean);
        assertThat(TextRule.LABEL.isValid(clean)).isTrue();
    }

    @Property
    void eventsAcceptWhatIsValid(@ForAll String text) {
        boolean accepted = true;
        try {
            new UsageEvent(null, "p", text, text, null, Usage.of(Map.of()));
        } catch (InvalidEventException e) {
            accepted = false;
        }
        assertThat(TextRule.LABEL.isValid(text)).isEqualTo(accepted);
    }
}
