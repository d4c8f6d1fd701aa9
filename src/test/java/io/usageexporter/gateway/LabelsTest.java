package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LabelsTest {
    @Test
    void whatIsFitStaysAsItIs() {
        assertThat(Labels.clean("Empfehlungen für alle \"🤖\" <b>")).isEqualTo("Empfehlungen für alle \"🤖\" <b>");
    }

    @Test
    void whatALabelMayNotHoldBecomesAQuestionMark() {
        assertThat(Labels.clean("a\tb\0c\177")).isEqualTo("a?b?c?");
        assertThat(Labels.clean("a\ud83e b")).isEqualTo("a? b");
    }

    @Test
    void isCutAfterAHundredCharactersWhateverTheirSize() {
        assertThat(Labels.clean("🤖".repeat(101))).isEqualTo("🤖".repeat(100));
    }

    @Test
    void hasNoSpaceAround() {
        assertThat(Labels.clean("  a b ")).isEqualTo("a b");
    }

    @Property
    void isAlwaysFitForAnEvent(@ForAll String text) {
        String clean = Labels.clean(text);
        assertThat(new UsageEvent(null, "p", clean, clean, null, Usage.of(Map.of())).model())
                .isEqualTo(clean);
    }
}
