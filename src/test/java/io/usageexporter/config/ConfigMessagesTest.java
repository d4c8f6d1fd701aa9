package io.usageexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.testing.Configs;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages about mistakes: the cause, the place, the value, and what is allowed. */
class ConfigMessagesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            timezone: Europe/Berln            | 1: timezone: must be a time zone, such as UTC, Europe/Berlin or +05:45, not "Europe/Berln"
            thresholds: {warning: 50}         | 1: thresholds.warning: must be a number from 0 to 1, not 50
            thresholds: {critical: "0.8"}     | 1: thresholds.critical: must be a number from 0 to 1, not "0.8"
            thresholds: {critical: 0;8}       | 1: thresholds.critical: must be a number from 0 to 1, not "0;8"
            thresholds: {critical: }          | 1: thresholds.critical: must be a number from 0 to 1, not empty
            thresholds: {critical: true}      | 1: thresholds.critical: must be a number from 0 to 1, not true
            thresholds: [0.5, 0.8]            | 1: thresholds: must be a mapping of keys to values, not a list
            thresholds: 80                    | 1: thresholds: must be a mapping of keys to values, not 80
            treshold: {}                      | 1: treshold: unknown key; allowed here: timezone, thresholds, windows, trusted_proxies, public_url, providers, prices, consumers, api_tokens, retention; did you mean thresholds?
            """)
    void showsTheInvalidValue(String line, String error) {
        assertThat(errors(line + "\nproviders: {apify: {resources: [compute_units]}}"))
                .contains("my.yml:" + error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            limits: {daily: {requests: two}}            | limits.daily.requests: must be a number from 0 to 1000000000000000000, not "two"
            limits: {daily: {requests: "1000"}}         | limits.daily.requests: must be a number from 0 to 1000000000000000000, not "1000"
            limits: {daily: {requests: -1}}             | limits.daily.requests: must be a number from 0 to 1000000000000000000, not -1
            limits: {daily: {token: -1}}                | limits.daily.token: must be a number from 0 to 1000000000000000000, not -1
            limits: {daily: 1000}                       | limits.daily: must be a mapping of keys to values, not 1000
            resources: requests                         | resources: must be a list, such as [a, b], not "requests"
            windows: {monthly: {reset_day: 32}}         | windows.monthly.reset_day: must be a whole number from 1 to 31, not 32
            gateway: {on_exhausted: block}              | gateway.on_exhausted: must be forward or reject, not "block"
            gateway: {timeout: 10}                      | gateway.timeout: must be a duration from 1s to 1h, such as 5m, not 10
            gateway: {upstrem: 'https://x'}             | gateway.upstrem: unknown key; allowed here: upstream, category, on_exhausted, timeout; did you mean upstream?
            limit: {}                                   | limit: unknown key; allowed here: resources, limits, token_weights, display_name, category_label, categories, timezone, windows, max_series, poll, gateway; did you mean limits?
            """)
    void showsTheInvalidValueOfAProvider(String line, String error) {
        assertThat(errors("providers:\n  anthropic:\n    " + line)).contains("my.yml:3: providers.anthropic." + error);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            providers: {apify: {resources: [a]}  | 1: not valid YAML: expected ',' or '}', but got <stream end>
            a: b: c                              | 1: not valid YAML: mapping values are not allowed here, at character 5 of this line: a: b: c
            providers: @x                        | 1: not valid YAML: found character '@' that cannot start any token, while scanning for the next token, at character 12 of this line: providers: @x
            timezone: "UTC                       | 1: not valid YAML: found unexpected end of stream, while scanning a quoted scalar
            """)
    void yamlErrorsNameTheCauseAndTheText(String yaml, String error) {
        assertThat(errors(yaml)).startsWith("my.yml:" + error).hasLineCount(1);
    }

    @Test
    void tabErrorNamesItsLine() {
        assertThat(errors("providers:\n\tapify: {}\n"))
                .startsWith("my.yml:2: not valid YAML: found character '\\t(TAB)' that cannot start any token;"
                        + " indent with spaces, ")
                .endsWith("at character 1 of this line: apify: {}");
    }

    @Test
    void namesADuplicateKey() {
        assertThat(errors("providers:\n  apify: {}\n  apify: {}\n"))
                .isEqualTo("my.yml:3: not valid YAML: Duplicate field 'apify'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "poll: SECRET",
                "webhook: SECRET",
                "webhook: [SECRET",
                "webhook: {secret_file: \"SECRET",
                "poll: {token_file: [SECRET]}",
                "poll: {token: SECRET}",
                "poll: {token_file: apify_api_SECRET}",
                "poll: {token_file: sk-ant-admin01-SECRET}",
                "poll: {token_file: x4hf83hfSECRETkfj38fj3kf9}",
                "poll: {interval: sk-ant-SECRET}",
                "gateway: {upstream: 'https://user:SECRET@api.apify.com/a b'}",
                "gateway: {upstream: 'https://api.apify.com/v2?x=SECRET'}",
                "gateway: {category: [apify_api_SECRET]}",
                "actors: {a/b: [SECRET], token: @SECRET}"
            })
    void doesNotShowAMisplacedSecret(String line) {
        assertThat(errors("providers:\n  apify:\n    resources: [runs]\n    " + line))
                .contains("my.yml:4: ")
                .doesNotContain("SECRET");
    }

    @Test
    void truncatesALongValueOnOneLine() {
        assertThat(errors("timezone: \"" + "long \\n".repeat(100) + "\"\nproviders: {apify: {resources: [a]}}"))
                .hasLineCount(1)
                .hasSizeLessThan(250)
                .endsWith("…\"");
    }

    @Test
    void suggestsTheLowerCaseName() {
        assertThat(errors("providers:\n  Apify: {resources: [runs]}")).endsWith("; did you mean apify?");
    }

    @Test
    void missingFileIsNamedWithItsPath() {
        assertThat(unreadable(Path.of("no-such-file.yml")))
                .isEqualTo("no-such-file.yml: cannot be read: it does not exist ("
                        + Path.of("no-such-file.yml").toAbsolutePath() + ")");
        assertThat(unreadable(folder.resolve("conf/usage.yml")))
                .endsWith("/conf/usage.yml: cannot be read: folder " + folder.resolve("conf") + " does not exist");
    }

    @Test
    void explainsAFolderOrABinaryFile() throws Exception {
        assertThat(unreadable(folder)).isEqualTo(folder + ": cannot be read: it is a folder, not a file");
        Path binary = Files.write(folder.resolve("a.yml"), new byte[] {0x7f, 'E', 'L', 'F', (byte) 0xff, (byte) 0xfe});
        assertThat(unreadable(binary)).isEqualTo(binary + ": cannot be read: it is not UTF-8 text");
        Path utf16 = Files.write(folder.resolve("b.yml"), "providers: {}".getBytes(StandardCharsets.UTF_16));
        assertThat(unreadable(utf16)).isEqualTo(utf16 + ": cannot be read: it is not UTF-8 text");
    }

    /** The failure is made here, since root could read the file. */
    @Test
    void namesTheUserWithoutPermission() {
        Path file = folder.resolve("usage.yml");
        assertThat(Unreadable.why(file, new AccessDeniedException(file.toString())))
                .isEqualTo("user " + System.getProperty("user.name")
                        + " may not read it; change its permissions or owner");
    }

    @Test
    void correctConfigurationHasNoWarnings() throws Exception {
        assertThat(warnings(ConfigReaderTest.EXAMPLE)).isEmpty();
        assertThat(warnings("""
                providers:
                  openai: {limits: {daily: {requests: 1, tokens: 1, images: 1}}, token_weights: {input: 1}}
                  amplify: {resources: [requests]}
                  apify-eu: {limits: {monthly: {compute_units: 5}}}
                  anthropic2: {limits: {monthly: {tokens: 5}}}
                  apify: {limits: {daily: {runs: 5, requests: 5, compute_units: 1}}, resources: [screenshots]}
                """)).isEmpty();
    }

    @Test
    void warnsAboutAProviderNameCloseToAKnownOne() throws Exception {
        assertThat(warnings("providers:\n  antropic: {resources: [tokens]}\n  apfy: {resources: [runs]}"))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .startsWith("my.yml:2: warning: providers.antropic: did you mean anthropic?")
                                .contains("it has no gateway"),
                        second -> assertThat(second)
                                .startsWith("my.yml:3: warning: providers.apfy: did you mean apify?"));
    }

    @Test
    void warnsAboutALimitOfAnUntrackedResource() throws Exception {
        assertThat(warnings("""
                providers:
                  anthropic:
                    limits:
                      daily: {requests: 1}
                      monthly: {compute_units: 5}
                  apify:
                    limits:
                      monthly:
                        tokens: 5
                        compute_unit: 5
                  maps:
                    limits: {daily: {request: 5, tiles: 1}}
                    resources: [token]
                """))
                .containsExactlyInAnyOrder(
                        "my.yml:5: warning: providers.anthropic.limits.monthly.compute_units: only posted events count"
                                + " towards this; automatic tracking of anthropic covers requests, tokens, usd,"
                                + " web_searches",
                        "my.yml:9: warning: providers.apify.limits.monthly.tokens: only posted events count towards this;"
                                + " automatic tracking of apify covers compute_units, requests, runs, usd",
                        "my.yml:10: warning: providers.apify.limits.monthly.compute_unit: only posted events count"
                                + " towards this; automatic tracking of apify covers compute_units, requests, runs, usd; did you mean"
                                + " compute_units?",
                        "my.yml:12: warning: providers.maps.limits.daily.request: did you mean requests?",
                        "my.yml:11: warning: providers.maps: resources: token: did you mean tokens?");
    }

    @Test
    void warnsAboutSettingsWithoutEffect() throws Exception {
        assertThat(warnings("""
                providers:
                  anthropic:
                    resources: [requests]
                    token_weights: {cache_read: 0.1}
                    gateway: {on_exhausted: reject}
                """))
                .containsExactly(
                        "my.yml:4: warning: providers.anthropic.token_weights: has no effect, since anthropic does not"
                                + " count tokens",
                        "my.yml:2: warning: providers.anthropic: gateway.on_exhausted: reject has no effect without a"
                                + " limit");
    }

    private List<String> warnings(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("my.yml"), yaml);
        var warnings = new ArrayList<String>();
        Configs.load(file, warning -> warnings.add(warning.replace(folder + "/", "")));
        return warnings;
    }

    private static String unreadable(Path file) {
        return message(catchThrowableOfType(InvalidConfigException.class, () -> Configs.load(file)));
    }

    private static String errors(String yaml) {
        return message(catchThrowableOfType(InvalidConfigException.class, () -> Configs.read("my.yml", yaml)));
    }

    private static String message(InvalidConfigException thrown) {
        assertThat(thrown).isNotNull();
        return Objects.requireNonNull(thrown.getMessage());
    }
}
