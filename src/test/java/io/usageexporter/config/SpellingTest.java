package io.usageexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpellingTest {
    private static final List<String> KNOWN = List.of("anthropic", "apify", "requests", "tokens", "compute_units");

    @ParameterizedTest
    @CsvSource({
        "antropic, anthropic",
        "anthrpoic, anthropic",
        "antrophic, anthropic",
        "anthropics, anthropic",
        "appify, apify",
        "apfiy, apify",
        "apifi, apify",
        "request, requests",
        "token, tokens",
        "compute_unit, compute_units",
        "computeunits, compute_units",
        "compute-units, compute_units"
    })
    void suggestsTheNameCloseToATypo(String name, String meant) {
        assertThat(Spelling.closest(name, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"anthropic", "apify", "openai", "amplify", "spotify", "maps", "tiles", "", "a", "compute_hours"})
    void suggestsNothingForKnownOrDifferentNames(String name) {
        assertThat(Spelling.closest(name, KNOWN)).isEmpty();
    }
}
