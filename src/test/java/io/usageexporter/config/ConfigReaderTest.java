package io.usageexporter.config;

import static io.usageexporter.config.ConfigFixture.anthropic;
import static io.usageexporter.config.ConfigFixture.provider;
import static io.usageexporter.config.ConfigFixture.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.TokenKind;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.testing.Configs;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
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
        assertThat(anthropic.calendar().resetDay()).isEqualTo(1);
        assertThat(anthropic.resources()).containsExactly("requests", "tokens", "usd", "web_searches");
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
        assertThat(anthropic.resources()).containsExactly("requests", "usd", "web_searches");
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
        assertThat(anthropic("{categories: [], limits: {daily: {requests: 5}}}").categories())
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

    @Test
    void acceptsAResourceWithoutALimit() throws Exception {
        ProviderConfig anthropic = anthropic("{resources: [images], limits: {daily: {requests: 5}}}");
        assertThat(anthropic.resources()).containsExactly("images", "requests", "usd", "web_searches");
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
                        .calendar()
                        .resetDay())
                .isEqualTo(day);
    }

    @Test
    void cacheReadTokensHaveNoWeightByDefault() throws Exception {
        ProviderConfig anthropic = anthropic("{resources: [tokens], token_weights: {output: 5}}");
        assertThat(anthropic.tokenWeights().get(TokenKind.OUTPUT)).isEqualByComparingTo("5");
        assertThat(anthropic.tokenWeights().get(TokenKind.CACHE_READ)).isEqualByComparingTo("0");
        for (TokenKind kind :
                List.of(TokenKind.INPUT, TokenKind.CACHE_WRITE_5M, TokenKind.CACHE_WRITE_1H, TokenKind.UNSPECIFIED)) {
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
