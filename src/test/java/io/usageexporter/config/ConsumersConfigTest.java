package io.usageexporter.config;

import static io.usageexporter.config.ConfigFixture.errors;
import static io.usageexporter.config.ConfigFixture.provider;
import static io.usageexporter.config.ConfigFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.quota.ConsumerConfig;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.testing.Configs;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consumers and their limits. */
class ConsumersConfigTest {
    private static final String PROVIDERS = """
            providers:
              anthropic: {limits: {daily: {tokens: 1000}}}
              apify: {limits: {daily: {compute_units: 5}}}
            """;

    private static ConsumerConfig growth(Config config, String provider) {
        return Objects.requireNonNull(provider(config, provider).consumers().get("growth"));
    }

    private static @Nullable BigDecimal limit(ConsumerConfig consumer, Window window, String resource) {
        return Objects.requireNonNull(consumer.limits().get(window)).get(resource);
    }

    @Test
    void readsNamesAndLimits() throws Exception {
        Config config = read(PROVIDERS + """
                consumers:
                  growth: {display_name: Growth, limits: {anthropic: {monthly: {usd: 300}, daily: {tokens: 200000}}}}
                  search: {}
                """);
        ConsumerConfig growth = growth(config, "anthropic");
        assertThat(growth.displayName()).isEqualTo("Growth");
        assertThat(limit(growth, Window.MONTHLY, "usd")).isEqualByComparingTo("300");
        assertThat(limit(growth, Window.DAILY, "tokens")).isEqualByComparingTo("200000");
        assertThat(limit(growth, Window.DAILY, "usd")).isNull();
        assertThat(growth(config, "apify").limits().values()).allMatch(limits -> limits.isEmpty());
        assertThat(provider(config, "anthropic").consumers().get("search"))
                .returns("search", ConsumerConfig::displayName);
    }

    @Test
    void limitOnMoneyMakesTheProviderCountIt() throws Exception {
        Config config = read(PROVIDERS + "consumers: {growth: {limits: {anthropic: {monthly: {usd: 300}}}}}");
        assertThat(provider(config, "anthropic").resources()).contains("usd");
        assertThat(provider(config, "anthropic").isLimited("usd")).isTrue();
        assertThat(provider(config, "apify").isLimited("usd")).isFalse();
    }

    @Test
    void withoutConsumersThereAreNone() throws Exception {
        assertThat(Configs.defaults().providers().values())
                .extracting(ProviderConfig::consumers)
                .allMatch(consumers -> consumers.isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            growth: {limits: {antropic: {daily: {tokens: 1}}}}  | growth.limits.antropic: there is no such provider; allowed here: anthropic, apify; did you mean anthropic?
            growth: {limits: {apify: {daily: {tokens: 1}}}}     | growth.limits.apify.daily.tokens: apify does not count this; allowed here: compute_units, usd
            growth: {limits: {anthropic: {daily: {token: 1}}}}  | growth.limits.anthropic.daily.token: anthropic does not count this; allowed here: tokens, usd, web_searches; did you mean tokens?
            growth: {limits: {anthropic: {dayly: {tokens: 1}}}} | growth.limits.anthropic.dayly: unknown key; allowed here: hourly, daily, weekly, monthly, session; did you mean daily?
            growth: {limits: {anthropic: {daily: {tokens: -1}}}} | growth.limits.anthropic.daily.tokens: must be a number from 0
            growth: {limits: {apify: {monthly: {compute_units: auto}}}} | growth.limits.apify.monthly.compute_units: must be a number from 0
            growth: {limits: 5}                                 | growth.limits: must be a mapping
            growth: {limit: {}}                                 | growth.limit: unknown key; allowed here: display_name, limits; did you mean limits?
            growth: {display_name: ''}                          | growth.display_name: must be text of 1 to 100 characters
            growth: 5                                           | growth: must be a mapping
            other: {}                                           | other: a consumer's name must be text of 1 to 100 characters without space at its ends, but not other
            ' "a ": {}'                                         | 'a : a consumer''s name must be text'
            """)
    void namesTheLineAndWhatIsAllowed(String consumer, String error) {
        assertThat(errors(PROVIDERS + "consumers:\n  " + consumer.strip() + "\n"))
                .hasLineCount(1)
                .startsWith("my.yml:5: consumers." + error);
    }

    @Test
    void limitOfAConsumerGivesRejectAnEffect(@TempDir Path folder) throws Exception {
        String rejecting = "providers: {anthropic: {resources: [tokens], gateway: {on_exhausted: reject}}}\n";
        Path file = folder.resolve("usage.yml");
        var warnings = new ArrayList<String>();

        Configs.load(
                Files.writeString(file, rejecting + "consumers: {a: {limits: {anthropic: {daily: {tokens: 1}}}}}"),
                warnings::add);
        assertThat(warnings).isEmpty();

        Configs.load(Files.writeString(file, rejecting + "consumers: {a: {display_name: A}}"), warnings::add);
        assertThat(warnings).singleElement().asString().contains("reject has no effect without a limit");
    }
}
