package io.usageexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.event.TokenKind;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.quota.Window;
import io.usageexporter.testing.Configs;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    /** A complete example that equals the defaults. */
    static final String EXAMPLE = """
            timezone: UTC
            thresholds: {warning: 0.50, critical: 0.80}
            providers:
              anthropic:
                display_name: Anthropic API
                category_label: Request type
                categories: [recommendations]        # pre-created at 0
                limits:
                  daily:   {requests: 1000,  tokens: 1000000}
                  monthly: {requests: 30000, tokens: 30000000}
              apify:
                display_name: Apify Scraping
                category_label: Platform
                categories: [instagram, tiktok]
                limits:
                  daily:   {compute_units: 100}
                  monthly: {compute_units: 3000}
            """;

    private static Config read(String yaml) throws InvalidConfigException {
        return Configs.read("my.yml", yaml);
    }

    private static ProviderConfig anthropic(String settings) throws InvalidConfigException {
        return provider(
                read("providers: {anthropic: " + (settings.startsWith("{") ? settings : "{" + settings + "}") + "}"),
                "anthropic");
    }

    private static ProviderConfig provider(Config config, String name) {
        return Objects.requireNonNull(config.providers().get(name));
    }

    private static String errors(String yaml) {
        var thrown = catchThrowableOfType(InvalidConfigException.class, () -> read(yaml));
        assertThat(thrown).as("errors of %s", yaml).isNotNull();
        return Objects.requireNonNull(thrown.getMessage());
    }

    @Nested
    class Defaults {
        @Test
        void exampleEqualsTheDefaults() throws Exception {
            assertThat(read(EXAMPLE)).isEqualTo(Configs.defaults());
        }

        @Test
        void defaultsApplyWithoutAFile() throws Exception {
            assertThat(Configs.load(null)).isEqualTo(Configs.defaults());
        }

        @Test
        void readsTheExample() throws Exception {
            Config config = read(EXAMPLE);
            assertThat(config.thresholds()).isEqualTo(Thresholds.DEFAULT);
            assertThat(config.providers()).containsOnlyKeys("anthropic", "apify");
            ProviderConfig anthropic = provider(config, "anthropic");
            assertThat(anthropic.displayName()).isEqualTo("Anthropic API");
            assertThat(anthropic.categoryLabel()).isEqualTo("Request type");
            assertThat(anthropic.categories()).containsExactly("recommendations");
            assertThat(anthropic.zone()).isEqualTo(ZoneId.of("UTC"));
            assertThat(anthropic.resetDay()).isEqualTo(1);
            assertThat(anthropic.resources()).containsExactly("requests", "tokens");
            assertThat(anthropic.limit(Window.DAILY, "requests")).isEqualByComparingTo("1000");
            assertThat(anthropic.limit(Window.DAILY, "tokens")).isEqualByComparingTo("1000000");
            assertThat(anthropic.limit(Window.MONTHLY, "requests")).isEqualByComparingTo("30000");
            assertThat(anthropic.limit(Window.MONTHLY, "tokens")).isEqualByComparingTo("30000000");
            ProviderConfig apify = provider(config, "apify");
            assertThat(apify.displayName()).isEqualTo("Apify Scraping");
            assertThat(apify.categoryLabel()).isEqualTo("Platform");
            assertThat(apify.categories()).containsExactly("instagram", "tiktok");
            assertThat(apify.limit(Window.DAILY, "compute_units")).isEqualByComparingTo("100");
            assertThat(apify.limit(Window.MONTHLY, "compute_units")).isEqualByComparingTo("3000");
        }

        @Test
        void fileReplacesTheDefaultProviders() throws Exception {
            Config config = read("""
                    providers:
                      anthropic:
                        limits:
                          daily: {requests: 5}
                    """);
            assertThat(config.providers()).containsOnlyKeys("anthropic");
        }

        @Test
        void fileReplacesTheDefaultLimits() throws Exception {
            ProviderConfig anthropic = anthropic("limits: {daily: {requests: 5}}");
            assertThat(anthropic.limit(Window.DAILY, "requests")).isEqualByComparingTo("5");
            assertThat(anthropic.limit(Window.DAILY, "tokens")).isNull();
            assertThat(anthropic.limit(Window.MONTHLY, "requests")).isNull();
            assertThat(anthropic.resources()).containsExactly("requests");
        }

        @Test
        void knownProviderHasDefaultNamesAndCategories() throws Exception {
            ProviderConfig anthropic = anthropic("limits: {daily: {requests: 5}}");
            assertThat(anthropic.displayName()).isEqualTo("Anthropic API");
            assertThat(anthropic.categoryLabel()).isEqualTo("Request type");
            assertThat(anthropic.categories()).containsExactly("recommendations");
        }

        @Test
        void fileReplacesNamesAndCategories() throws Exception {
            ProviderConfig anthropic = anthropic(
                    "{display_name: Claude, category_label: Team, categories: [a, b], limits: {daily: {requests: 5}}}");
            assertThat(anthropic.displayName()).isEqualTo("Claude");
            assertThat(anthropic.categoryLabel()).isEqualTo("Team");
            assertThat(anthropic.categories()).containsExactly("a", "b");
        }

        @Test
        void emptyListRemovesDefaultCategories() throws Exception {
            assertThat(anthropic("{categories: [], limits: {daily: {requests: 5}}}")
                            .categories())
                    .isEmpty();
        }

        @Test
        void otherProviderIsDisplayedByItsKey() throws Exception {
            ProviderConfig provider = provider(read("providers: {my-api_2: {resources: [images]}}"), "my-api_2");
            assertThat(provider.displayName()).isEqualTo("my-api_2");
            assertThat(provider.categoryLabel()).isEqualTo("Category");
            assertThat(provider.categories()).isEmpty();
        }

        @Test
        void timeZoneDefaultsToUtc() throws Exception {
            assertThat(read("providers: {apify: {resources: [a]}}"))
                    .isEqualTo(read("timezone: UTC\nproviders: {apify: {resources: [a]}}"));
        }

        @Test
        void sectionWithoutKeysIsAbsent() throws Exception {
            assertThat(read("""
                                    thresholds:
                                    #  warning: 0.6
                                    providers:
                                      apify:
                                        limits:
                                          daily:
                                    #        compute_units: 100
                                          monthly: {compute_units: 3000}
                                        windows:
                                    """)).isEqualTo(read("providers: {apify: {limits: {monthly: {compute_units: 3000}}}}"));
        }
    }

    @Nested
    class Settings {
        @Test
        void acceptsAResourceWithoutALimit() throws Exception {
            ProviderConfig anthropic = anthropic("{resources: [images], limits: {daily: {requests: 5}}}");
            assertThat(anthropic.resources()).containsExactly("images", "requests");
            assertThat(anthropic.limit(Window.DAILY, "images")).isNull();
        }

        @Test
        void providerZoneDefaultsToThatOfTheFile() throws Exception {
            Config config = read("""
                    timezone: Europe/Berlin
                    providers:
                      anthropic: {resources: [requests]}
                      apify: {resources: [compute_units], timezone: "+05:45"}
                    """);
            assertThat(provider(config, "anthropic").zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
            assertThat(provider(config, "apify").zone()).isEqualTo(ZoneOffset.ofHoursMinutes(5, 45));
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 17, 31})
        void acceptsAResetDay(int day) throws Exception {
            assertThat(anthropic("{resources: [requests], windows: {monthly: {reset_day: " + day + "}}}")
                            .resetDay())
                    .isEqualTo(day);
        }

        @Test
        void cacheReadTokensHaveNoWeightByDefault() throws Exception {
            ProviderConfig anthropic = anthropic("{resources: [tokens], token_weights: {output: 5}}");
            assertThat(anthropic.tokenWeights().get(TokenKind.OUTPUT)).isEqualByComparingTo("5");
            assertThat(anthropic.tokenWeights().get(TokenKind.CACHE_READ)).isEqualByComparingTo("0");
            for (TokenKind kind : List.of(
                    TokenKind.INPUT, TokenKind.CACHE_WRITE_5M, TokenKind.CACHE_WRITE_1H, TokenKind.UNSPECIFIED)) {
                assertThat(anthropic.tokenWeights().get(kind)).isEqualByComparingTo("1");
            }
        }

        @Test
        void readsAllTokenWeights() throws Exception {
            ProviderConfig anthropic =
                    anthropic("{resources: [tokens], token_weights: {input: 1.5, output: 2, cache_write_5m: 3,"
                            + " cache_write_1h: 4, cache_read: 0.1, unspecified: 6}}");
            assertThat(anthropic.tokenWeights().get(TokenKind.INPUT)).isEqualByComparingTo("1.5");
            assertThat(anthropic.tokenWeights().get(TokenKind.CACHE_READ)).isEqualByComparingTo("0.1");
            assertThat(anthropic.tokenWeights().get(TokenKind.UNSPECIFIED)).isEqualByComparingTo("6");
        }

        @Test
        void acceptsASingleThreshold() throws Exception {
            Config config = read("thresholds: {critical: 0.95}\nproviders: {apify: {resources: [compute_units]}}");
            assertThat(config.thresholds().warning()).isEqualByComparingTo("0.5");
            assertThat(config.thresholds().critical()).isEqualByComparingTo("0.95");
        }

        @ParameterizedTest
        @CsvSource({"0, 0", "1000, 1000", "1_000_000, 1000000", "0.5, 0.5", "1000000000000000000, 1000000000000000000"})
        void readsLimits(String text, BigDecimal limit) throws Exception {
            assertThat(anthropic("limits: {daily: {requests: " + text + "}}").limit(Window.DAILY, "requests"))
                    .isEqualByComparingTo(limit);
        }
    }

    @Nested
    class InvalidSettings {
        @ParameterizedTest
        @ValueSource(strings = {"timezone", "display_name"})
        void rejectsAnEmptyText(String key) {
            assertThat(errors("providers:\n  apify:\n    resources: [a]\n    " + key + ":\n"))
                    .startsWith("my.yml:4: providers.apify." + key + ": ");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "2 | zone            | timezone, thresholds, providers",
                    "3 | warn            | warning, critical",
                    "6 | display         | display_name, category_label, categories, timezone, windows, resources, limits,"
                            + " token_weights",
                    "8 | weekly          | daily, monthly",
                    "11| yearly          | monthly",
                    "13| day             | reset_day",
                    "15| cached          | input, output, cache_read, cache_write_5m, cache_write_1h, unspecified",
                })
        void rejectsUnknownKeysAtEachLevel(int line, String key, String allowed) {
            String message = errors("""
                    timezone: UTC
                    zone: UTC
                    thresholds: {warning: 0.5, critical: 0.8, warn: 1}
                    providers:
                      anthropic:
                        display: Claude
                        limits:
                          weekly: {requests: 7}
                          daily: {requests: 1}
                        windows:
                          yearly: {reset_day: 1}
                          monthly:
                            day: 1
                        token_weights:
                          cached: 1
                    """);
            String error = message.lines()
                    .filter(one -> one.startsWith("my.yml:" + line + ": "))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no error in line " + line + " of\n" + message));
            assertThat(error).containsPattern("[ .]" + key + ": unknown key");
            for (String one : allowed.split(", ", -1)) {
                assertThat(error.substring(error.indexOf("allowed"))).contains(one);
            }
            assertThat(message.lines()).hasSize(7);
        }

        @ParameterizedTest(name = "{0}: line {1}, {2}, {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "requests: -1                    | limits.daily.requests | number from 0",
                    "requests: -0.001                | limits.daily.requests | number from 0",
                    "requests: '1000'                | limits.daily.requests | number from 0",
                    "requests: \"1000\"              | limits.daily.requests | number from 0",
                    "requests: many                  | limits.daily.requests | number from 0",
                    "requests: true                  | limits.daily.requests | number from 0",
                    "requests:                       | limits.daily.requests | number from 0",
                    "requests: ~                     | limits.daily.requests | number from 0",
                    "requests: .inf                  | limits.daily.requests | number from 0",
                    "requests: .nan                  | limits.daily.requests | number from 0",
                    "requests: [1]                   | limits.daily.requests | number from 0",
                    "requests: {a: 1}                | limits.daily.requests | number from 0",
                    "requests: 1000000000000000001   | limits.daily.requests | to 1000000000000000000",
                    "requests: 1e999999999           | limits.daily.requests | number from 0",
                    "requests: 1.5.5                 | limits.daily.requests | number from 0",
                    "events_total: 1                 | limits.daily          | _total, _created, _bucket, _count, _sum",
                    "events_created: 1               | limits.daily          | _total, _created, _bucket, _count, _sum",
                    "events_bucket: 1                | limits.daily          | _total, _created, _bucket, _count, _sum",
                    "events_count: 1                 | limits.daily          | _total, _created, _bucket, _count, _sum",
                    "events_sum: 1                   | limits.daily          | _total, _created, _bucket, _count, _sum",
                    "events_info: 1                  | limits.daily          | _info",
                    "Requests: 1                     | limits.daily          | [a-z][a-z0-9_]*",
                    "1st: 1                          | limits.daily          | [a-z][a-z0-9_]*",
                    "api-calls: 1                    | limits.daily          | [a-z][a-z0-9_]*",
                })
        void rejectsInvalidLimits(String limit, String key, String allowed) {
            assertThat(errors("providers:\n  anthropic:\n    limits:\n      daily:\n        tokens: 1\n        " + limit
                            + "\n"))
                    .startsWith("my.yml:6: providers.anthropic." + key)
                    .contains(allowed)
                    .hasLineCount(1);
        }

        @ParameterizedTest(name = "{0}: line {1}, {2}, {3}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "timezone: Mars/Olympus          | timezone          | time zone, such as UTC",
                    "timezone: 5                     | timezone          | time zone, such as UTC",
                    "timezone: ~                     | timezone          | time zone, such as UTC",
                    "timezone: [UTC]                 | timezone          | time zone, such as UTC",
                    "timezone: +25:00                | timezone          | time zone, such as UTC",
                    "timezone: ''                    | timezone          | time zone, such as UTC",
                    "windows: {monthly: {reset_day: 0}}   | windows.monthly.reset_day | 1 to 31",
                    "windows: {monthly: {reset_day: 32}}  | windows.monthly.reset_day | 1 to 31",
                    "windows: {monthly: {reset_day: 1.5}} | windows.monthly.reset_day | 1 to 31",
                    "windows: {monthly: {reset_day: -1}}  | windows.monthly.reset_day | 1 to 31",
                    "windows: {monthly: {reset_day: x}}   | windows.monthly.reset_day | 1 to 31",
                    "windows: {monthly: {reset_day: 1e999999999}} | windows.monthly.reset_day | 1 to 31",
                    "windows: 17                     | windows           | mapping",
                    "windows: {monthly: 17}          | windows.monthly   | mapping",
                    "display_name: ''                | display_name      | 1 to 100 characters",
                    "display_name: ~                 | display_name      | 1 to 100 characters",
                    "display_name: [a]               | display_name      | 1 to 100 characters",
                    "category_label: {a: b}          | category_label    | 1 to 100 characters",
                    "max_series: 99                  | max_series        | 100 to 1000000",
                    "max_series: 1000001             | max_series        | 100 to 1000000",
                    "categories: instagram           | categories        | list",
                    "categories: ['']                | categories        | 1 to 100 characters",
                    "categories: [a, a]              | categories        | each once",
                    "categories: [[a]]               | categories        | 1 to 100 characters",
                    "categories: [\"a\\nb\"]         | categories        | 1 to 100 characters",
                    "resources: images               | resources         | list",
                    "resources: [events_total]       | resources         | _total",
                    "resources: [Images]             | resources         | [a-z][a-z0-9_]*",
                    "token_weights: 1                | token_weights     | mapping",
                    "token_weights: {input: -1}      | token_weights.input | 0 to 1000",
                    "token_weights: {input: 1001}    | token_weights.input | 0 to 1000",
                    "token_weights: {input: '1'}     | token_weights.input | 0 to 1000",
                })
        void rejectsInvalidProviderSettings(String setting, String key, String allowed) {
            assertThat(errors("providers:\n  anthropic:\n    limits: {daily: {requests: 1}}\n    " + setting + "\n"))
                    .startsWith("my.yml:4: providers.anthropic." + key + ":")
                    .contains(allowed)
                    .hasLineCount(1);
        }

        @Test
        void namesTheLineOfAnInvalidResetDay() {
            assertThat(errors("""
                                    providers:
                                      anthropic:
                                        resources: [requests]
                                        windows:
                                          monthly:
                                            reset_day: 0
                                    """))
                    .isEqualTo("my.yml:6: providers.anthropic.windows.monthly.reset_day: must be a whole number"
                            + " from 1 to 31, not 0");
        }

        @Test
        void namesTheLineOfAReservedResource() {
            assertThat(errors("""
                                    providers:
                                      anthropic:
                                        resources:
                                          - images
                                          - images_total
                                    """))
                    .startsWith("my.yml:5: providers.anthropic.resources: ")
                    .contains("images_total");
        }

        @ParameterizedTest(name = "{0}: line {1}, {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "timezone: Nowhere               | timezone            | time zone",
                    "thresholds: {warning: 0.9, critical: 0.8} | thresholds | warning must not be above critical",
                    "thresholds: {warning: 0.9}      | thresholds          | warning must not be above critical",
                    "thresholds: {critical: 0.4}     | thresholds          | warning must not be above critical",
                    "thresholds: {warning: -0.1}     | thresholds.warning  | number from 0 to 1",
                    "thresholds: {critical: 1.01}    | thresholds.critical | number from 0 to 1",
                    "thresholds: {critical: 80}      | thresholds.critical | number from 0 to 1",
                    "thresholds: {warning: '0.5'}    | thresholds.warning  | number from 0 to 1",
                    "thresholds: 0.5                 | thresholds          | mapping",
                })
        void rejectsInvalidGlobalSettings(String setting, String key, String allowed) {
            assertThat(errors("providers:\n  apify: {resources: [compute_units]}\n" + setting + "\n"))
                    .startsWith("my.yml:3: " + key + ": ")
                    .contains(allowed)
                    .hasLineCount(1);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"apify:", "apify: ~", "apify: {}", "apify: {display_name: Apify}", "apify: {resources: []}"})
        void rejectsAProviderWithoutResources(String provider) {
            assertThat(errors("providers:\n  " + provider + "\n"))
                    .startsWith("my.yml:2: providers.apify: counts nothing: give limits or resources")
                    .hasLineCount(1);
        }

        @Test
        void rejectsAProviderThatIsNotAMapping() {
            assertThat(errors("providers:\n  apify: 5\n")).startsWith("my.yml:2: providers.apify: must be a mapping");
        }

        @ParameterizedTest
        @ValueSource(strings = {"Apify", "1st", "-x", "a.b", "a b", "\"a\\nb\"", "''"})
        void rejectsInvalidProviderNames(String name) {
            assertThat(errors("providers:\n  " + name + ": {resources: [images]}\n"))
                    .startsWith("my.yml:2: providers.")
                    .contains("a provider's name must match [a-z][a-z0-9_-]*");
        }

        @Test
        void reportsAllErrorsAtOnce() {
            assertThat(errors("""
                                    timezone: Nowhere
                                    thresholds: {warning: 2}
                                    providers:
                                      anthropic:
                                        limits:
                                          daily: {requests: -1, tokens: "5"}
                                        colour: red
                                      apify:
                                    """))
                    .containsSubsequence(
                            "my.yml:1: timezone: ",
                            "my.yml:2: thresholds.warning: ",
                            "my.yml:6: providers.anthropic.limits.daily.requests: ",
                            "my.yml:6: providers.anthropic.limits.daily.tokens: ",
                            "my.yml:7: providers.anthropic.colour: ",
                            "my.yml:8: providers.apify: ")
                    .hasLineCount(6);
        }
    }

    @Nested
    class InvalidFiles {
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
                    () -> assertThat(errors("providers: " + "[".repeat(100_000)))
                            .startsWith("my.yml:"));
        }
    }
}
