package io.usageexporter.config;

import static io.usageexporter.config.ConfigFixture.errors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.testing.Configs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidFileTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "timezone: UTC\n", "providers:\n", "---\n"})
    void rejectsAFileWithoutProviders(String yaml) {
        assertThat(errors(yaml)).startsWith("my.yml:").contains("providers").hasLineCount(1);
    }

    @Test
    void namesTheLineOfADuplicateKey() {
        assertThat(errors("timezone: UTC\nproviders:\n  apify: {resources: [a]}\n  apify: {resources: [b]}\n"))
                .startsWith("my.yml:4: ")
                .contains("apify")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "providers: {apify: {resources: [a]}",
                "providers: [",
                "providers:\n\tapify: x",
                "a: b: c",
                "\"unfinished",
                "providers: @",
                "providers: \u0007",
                "providers: %",
                "? [a, b]\n: c",
                "providers: !!binary x",
            })
    void namesTheLineOfInvalidYaml(String yaml) {
        assertThat(errors(yaml)).matches("(?s)my\\.yml:[0-9]+: .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "providers:\n  apify: &a {resources: [x]}\n",
                "timezone: &z UTC\nproviders: {apify: {resources: [x], timezone: *z}}\n",
                "providers:\n  apify: {resources: [&a x, *a]}\n",
                "providers:\n  apify: {resources: [x]}\n  other: *a\n",
                "providers:\n  apify: {<<: *a}\n",
            })
    void rejectsAnchorsAndAliases(String yaml) {
        assertThat(errors(yaml)).matches("(?s)my\\.yml:[1-3]: .*").contains("alias");
    }

    @Test
    void rejectsASecondDocument() {
        assertThat(errors("providers: {apify: {resources: [x]}}\n---\nproviders: {other: {resources: [x]}}\n"))
                .contains("more than one document");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "text", "[providers]", "null"})
    void rejectsAFileThatIsNotAMapping(String yaml) {
        assertThat(errors(yaml)).startsWith("my.yml:1: ");
    }

    @Test
    void errorsNameTheFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("usage.yml");
        Files.writeString(file, "providers: {apify: {resources: [compute_units]}}");
        assertThat(Configs.load(file).providers()).containsOnlyKeys("apify");
        Files.writeString(file, "timezone: Nowhere\nproviders: {apify: {resources: [compute_units]}}");
        assertThatThrownBy(() -> Configs.load(file))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith(file + ":1: timezone: ");
    }

    @Test
    void namesAMissingFile(@TempDir Path folder) {
        Path file = folder.resolve("none.yml");
        assertThatThrownBy(() -> Configs.load(file))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith(file + ": cannot be read");
    }

    @Test
    void namesAFileThatIsNotUtf8(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("latin1.yml");
        Files.write(file, "timezone: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Configs.load(file))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith(file + ": cannot be read");
    }

    @Test
    void rejectsDeepNestingQuickly() {
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(errors("providers: " + "[".repeat(100_000))).startsWith("my.yml:"));
    }
}
