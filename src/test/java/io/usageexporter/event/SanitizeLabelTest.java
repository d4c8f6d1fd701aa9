package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SanitizeLabelTest {
    @Test
    void keepsValidText() {
        assertThat(UsageEvent.sanitizeLabel("Empfehlungen für alle \"🤖\" <b>"))
                .isEqualTo("Empfehlungen für alle \"🤖\" <b>");
    }

    @Test
    void replacesInvalidCharactersByQuestionMarks() {
        assertThat(UsageEvent.sanitizeLabel("a\tb\0c\177")).isEqualTo("a?b?c?");
        assertThat(UsageEvent.sanitizeLabel("a\ud83e b")).isEqualTo("a? b");
    }

    @Test
    void truncatesToHundredCodePoints() {
        assertThat(UsageEvent.sanitizeLabel("🤖".repeat(101))).isEqualTo("🤖".repeat(100));
    }

    @Test
    void trimsSpace() {
        assertThat(UsageEvent.sanitizeLabel("  a b ")).isEqualTo("a b");
    }

    @Property
    void resultIsAlwaysAValidLabel(@ForAll String text) {
        String clean = UsageEvent.sanitizeLabel(text);
        assertThat(new UsageEvent(null, "p", clean, clean, null, Usage.of(Map.of())).model())
                .isEqualTo(clean);
    }
}
