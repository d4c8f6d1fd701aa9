package io.usageexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Configs;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ConfigReaderPropertyTest {
    @Property(tries = 3000)
    void acceptsAnyChangeOfTheExampleOrNamesFileAndLine(
            @ForAll @IntRange(max = 800) int at,
            @ForAll @IntRange(max = 12) int length,
            @ForAll("snippets") String snippet) {
        int from = Math.min(at, ConfigReaderTest.EXAMPLE.length());
        int until = Math.min(from + length, ConfigReaderTest.EXAMPLE.length());
        String yaml = ConfigReaderTest.EXAMPLE.substring(0, from) + snippet + ConfigReaderTest.EXAMPLE.substring(until);
        try {
            assertThat(Configs.read("my.yml", yaml).providers()).isNotNull();
        } catch (InvalidConfigException e) {
            assertThat(Objects.requireNonNull(e.getMessage()).lines()).allMatch(line -> line.startsWith("my.yml:"));
        }
    }

    @Provide
    Arbitrary<String> snippets() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
                        "{",
                        "}",
                        "[",
                        "]",
                        ":",
                        ": ",
                        "-",
                        "- ",
                        "\n",
                        "\t",
                        " ",
                        "#",
                        "'",
                        "\"",
                        "&a ",
                        "*a",
                        "!!int ",
                        "!",
                        "|",
                        ">",
                        "%",
                        "@",
                        "~",
                        "null",
                        "<<: ",
                        "? ",
                        "1e9",
                        "0x10",
                        "0b1",
                        "0o7",
                        "-1",
                        "1_0",
                        ".inf",
                        "\n---\n",
                        "\n...\n",
                        "2026-01-01",
                        "\u0000",
                        "\uFEFF",
                        "🤖",
                        "\uD800",
                        "60:60",
                        "_",
                        "+1",
                        "0_"),
                Arbitraries.strings().ofMaxLength(4));
    }
}
