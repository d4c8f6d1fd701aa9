package io.usageexporter.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelPatternTest {
    @ParameterizedTest
    @CsvSource({
        "claude-sonnet-4-5, claude-sonnet-4-5, true",
        "claude-sonnet-4-5, claude-sonnet-4-5-20250929, true",
        "claude-sonnet-4-5, claude-sonnet-4-5@20250929, true",
        "claude-sonnet-4-5, claude-sonnet-4-5-latest, true",
        "gpt-5,             gpt-5-2025-08-07, true",
        "claude-sonnet-4-5, claude-sonnet-4-50, false",
        "claude-sonnet-4-5, claude-sonnet-4-5-1, false",
        "claude-sonnet-4-5, claude-sonnet-4-5-202509291, false",
        "claude-sonnet-4,   claude-sonnet-4-5-20250929, false",
        "claude-sonnet-4-5, claude-sonnet-4, false",
        "claude-sonnet-4*,  claude-sonnet-4-5-20250929, true",
        "claude-sonnet-4*,  claude-sonnet-4, true",
        "claude-sonnet-4*,  claude-sonnet-3, false",
        "*,                 anything, true",
        "*,                 '', true",
        "claude,            '', false",
    })
    void nameMatchesItselfItsDatedVersionsAndWhatBeginsWithAPrefix(String pattern, String model, boolean matches) {
        assertThat(ModelPattern.of(pattern).matches(model)).isEqualTo(matches);
        assertThat(ModelPattern.of(pattern)).hasToString(pattern);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*-sonnet", "claude-*-5", "claude**"})
    void asteriskMayOnlyBeLast(String pattern) {
        assertThatThrownBy(() -> ModelPattern.of(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(pattern);
    }

    @Test
    void emptyPrefixIsEveryModel() {
        assertThat(ModelPattern.of("*")).isEqualTo(ModelPattern.ANY);
    }
}
