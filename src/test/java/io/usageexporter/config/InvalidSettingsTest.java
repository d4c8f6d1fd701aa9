package io.usageexporter.config;

import static io.usageexporter.config.ConfigFixture.errors;
import static io.usageexporter.config.ConfigFixture.provider;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidSettingsTest {
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
                "8 | yearly          | daily, weekly, monthly",
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
                      yearly: {requests: 7}
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
                "windows: {weekly: {start_day: Thursday}} | windows.weekly.start_day | monday or tuesday or",
                "windows: {weekly: {start_day: 4}}    | windows.weekly.start_day  | monday or tuesday or",
                "windows: {session: {length: 59s}}    | windows.session.length    | from 60s to 168h",
                "windows: {session: {length: 8d}}     | windows.session.length    | from 60s to 168h",
                "windows: {session: {length: 5}}      | windows.session.length    | from 60s to 168h",
                "windows: {session: {hours: 5}}       | windows.session.hours     | length",
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
