package io.usageexporter.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class FitLabelTest {
    @Test
    void whatIsFitStaysAsItIs() {
        assertThat(UsageEvent.fitLabel("Empfehlungen für alle \"🤖\" <b>"))
                .isEqualTo("Empfehlungen für alle \"🤖\" <b>");
    }

    @Test
    void whatALabelMayNotHoldBecomesAQuestionMark() {
        assertThat(UsageEvent.fitLabel("a\tb\0c\177")).isEqualTo("a?b?c?");
        assertThat(UsageEvent.fitLabel("a\ud83e b")).isEqualTo("a? b");
    }

    @Test
    void isCutAfterAHundredCharactersWhateverTheirSize() {
        assertThat(UsageEvent.fitLabel("🤖".repeat(101))).isEqualTo("🤖".repeat(100));
    }

    @Test
    void hasNoSpaceAround() {
        assertThat(UsageEvent.fitLabel("  a b ")).isEqualTo("a b");
    }

    @Property
    void isAlwaysFitForAnEvent(@ForAll String text) {
        String clean = UsageEvent.fitLabel(text);
        assertThat(new UsageEvent(null, "p", clean, clean, null, Usage.of(Map.of())).model())
                .isEqualTo(clean);
    }
}
