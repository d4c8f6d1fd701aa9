package io.usageexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.config.TrackingConfig.GatewayConfig;
import io.usageexporter.config.TrackingConfig.OnExhausted;
import io.usageexporter.config.TrackingConfig.PollConfig;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.testing.Configs;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The configuration of automatic tracking. */
class TrackingConfigTest {
    private static final Duration ELEVEN_MINUTES = Duration.ofMinutes(11);

    @TempDir
    Path folder;

    private Config read(String yaml) throws Exception {
        return Configs.load(Files.writeString(folder.resolve("usage.yml"), yaml));
    }

    /** A file with these keys for a provider, besides the required ones. */
    private TrackingConfig tracking(String provider, String keys) throws Exception {
        Config config = read("providers: {" + provider + ": {resources: [compute_units], " + keys + "}}");
        return Objects.requireNonNull(config.tracking().get(provider));
    }

    /** The errors of a file, without the folder's name. */
    private String errors(String yaml) {
        var thrown = catchThrowableOfType(InvalidConfigException.class, () -> read(yaml));
        assertThat(thrown).as("errors of %s", yaml).isNotNull();
        return Objects.requireNonNull(thrown.getMessage()).replace(folder + "/", "");
    }

    private String errors(String provider, String keys) {
        return errors("providers:\n  " + provider + ":\n    resources: [compute_units]\n    " + keys + "\n");
    }

    private void secret(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    @Test
    void defaultsEnableOnlyTheGatewayOfBothProviders() {
        assertThat(Configs.defaults().tracking()).containsOnlyKeys("anthropic", "apify");
        for (String provider : Configs.defaults().tracking().keySet()) {
            TrackingConfig tracking =
                    Objects.requireNonNull(Configs.defaults().tracking().get(provider));
            assertThat(tracking.gateway())
                    .isEqualTo(new GatewayConfig(
                            URI.create("https://api." + provider + ".com"), null, OnExhausted.FORWARD, ELEVEN_MINUTES));
            assertThat(tracking.poll()).isNull();
            assertThat(tracking.autoLimits()).isEmpty();
        }
    }

    @Test
    void onlyProvidersOfTheFileHaveAGateway() throws Exception {
        assertThat(read("providers: {anthropic: {limits: {daily: {requests: 1}}}, maps: {resources: [tiles]}}")
                        .tracking())
                .containsOnlyKeys("anthropic");
    }

    @Test
    void readsAllSettings() throws Exception {
        secret("secrets/admin", "sk-ant-admin-1\n");
        secret("secrets/hook", "  hook-2  \r\n");
        secret("token", "apify_api_3");
        Config config = read("""
                timezone: Europe/Berlin
                providers:
                  anthropic:
                    limits: {daily: {requests: 5}}
                    gateway: {upstream: 'http://127.0.0.1:8080/a/b/', category: batch, on_exhausted: reject, timeout: 90s}
                    poll: {admin_key_file: secrets/admin, interval: 10m}
                  apify:
                    gateway: {upstream: 'https://[::1]:8443'}
                    webhook: {secret_file: secrets/hook}
                    poll: {token_file: %s}
                    actors: {acme/profile-scraper: instagram, 0Ab: tiktok}
                    limits: {monthly: {compute_units: auto}}
                """.formatted(folder.resolve("token")));

        TrackingConfig anthropic = Objects.requireNonNull(config.tracking().get("anthropic"));
        assertThat(anthropic.gateway())
                .isEqualTo(new GatewayConfig(
                        URI.create("http://127.0.0.1:8080/a/b"), "batch", OnExhausted.REJECT, Duration.ofSeconds(90)));
        PollConfig poll = Objects.requireNonNull(anthropic.poll());
        assertThat(poll.key().reveal()).isEqualTo("sk-ant-admin-1");
        assertThat(poll.interval()).isEqualTo(Duration.ofMinutes(10));
        TrackingConfig apify = Objects.requireNonNull(config.tracking().get("apify"));
        assertThat(apify.gateway().upstream()).isEqualTo(URI.create("https://[::1]:8443"));
        assertThat(Objects.requireNonNull(apify.poll()).key().reveal()).isEqualTo("apify_api_3");
        assertThat(Objects.requireNonNull(apify.poll()).interval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(apify.autoLimits()).containsExactly("compute_units");
    }

    @Test
    void autoLimitCountsInTheAccountsZoneWithoutALimitYet() throws Exception {
        secret("token", "t");
        ProviderConfig apify = Objects.requireNonNull(read("""
                timezone: Europe/Berlin
                providers:
                  apify: {poll: {token_file: token}, limits: {monthly: {compute_units: auto}, daily: {compute_units: 7}}}
                """).providers().get("apify"));
        assertThat(apify.resources()).containsExactly("compute_units", "usd");
        assertThat(apify.limit(Window.MONTHLY, "compute_units")).isNull();
        assertThat(apify.limit(Window.DAILY, "compute_units")).isEqualByComparingTo("7");
        assertThat(apify.zone()).isEqualTo(ZoneId.of("UTC"));
    }

    @Test
    void moneyOfTheAccountMayBeALimit() throws Exception {
        secret("token", "t");
        Config config = read("""
                providers:
                  apify: {poll: {token_file: token}, limits: {monthly: {compute_units: 50, usd: auto}}}
                """);
        assertThat(Objects.requireNonNull(config.tracking().get("apify")).autoLimits())
                .containsExactly("usd");
        var effective = new EffectiveConfig(config);
        effective.setPlan(
                "apify", new AccountPlan(Map.of("usd", new BigDecimal("300"), "compute_units", BigDecimal.TEN), 2));

        ProviderConfig apify =
                Objects.requireNonNull(effective.get().providers().get("apify"));
        assertThat(apify.limit(Window.MONTHLY, "usd")).isEqualByComparingTo("300");
        assertThat(apify.limit(Window.MONTHLY, "compute_units")).isEqualByComparingTo("50");
        assertThat(apify.calendar().resetDay()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "apify: {resources: [a], limits: {daily: {usd: auto}}}",
                "anthropic: {resources: [a], limits: {monthly: {usd: auto}}}",
                "apify: {resources: [a], limits: {daily: {compute_units: auto}}}",
                "apify: {resources: [a], limits: {monthly: {requests: auto}}}",
                "apify: {resources: [a], limits: {monthly: {compute_units: AUTO}}}",
                "anthropic: {resources: [a], limits: {monthly: {tokens: auto}}}",
                "maps: {resources: [a], limits: {monthly: {compute_units: auto}}}"
            })
    void rejectsOtherAutoLimits(String provider) {
        assertThat(errors("providers:\n  " + provider))
                .startsWith("usage.yml:2: providers.")
                .contains("must be a number");
    }

    @Test
    void autoLimitRequiresAToken() {
        assertThat(errors("providers:\n  apify:\n    limits: {monthly: {compute_units: auto}}\n"))
                .isEqualTo("usage.yml:2: providers.apify: a limit of auto is taken from the account, which needs"
                        + " poll.token_file");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gateway: 5                                       | gateway: must be a mapping
            gateway: {url: 'https://x'}                      | gateway.url: unknown key; allowed here: upstream, category, on_exhausted, timeout
            gateway: {upstream: api.example.com}             | gateway.upstream: must be http:// or https://
            gateway: {upstream: 'ftp://x'}                   | gateway.upstream: must be http:// or https://
            gateway: {upstream: 'https://'}                  | gateway.upstream: must be http:// or https://
            gateway: {upstream: 'https://user:pw@x'}         | gateway.upstream: must be http:// or https://
            gateway: {upstream: 'https://x/?a=b'}            | gateway.upstream: must be http:// or https://
            gateway: {upstream: 'https://x/#a'}              | gateway.upstream: must be http:// or https://
            gateway: {upstream: 'https://x y'}               | gateway.upstream: must be http:// or https://
            gateway: {upstream: 'https://x:0x5'}             | gateway.upstream: must be http:// or https://
            gateway: {upstream: 'https://x:65536'}           | gateway.upstream: must be http:// or https://
            gateway: {upstream: [a]}                         | gateway.upstream: must be http:// or https://
            gateway: {category: ''}                          | gateway.category: must be text
            gateway: {category: "a\\tb"}                     | gateway.category: must be text
            gateway: {category: [a]}                         | gateway.category: must be text
            gateway: {on_exhausted: drop}                    | gateway.on_exhausted: must be forward or reject
            gateway: {on_exhausted: REJECT}                  | gateway.on_exhausted: must be forward or reject
            gateway: {on_exhausted: true}                    | gateway.on_exhausted: must be forward or reject
            gateway: {timeout: 0s}                           | gateway.timeout: must be a duration from 1s to 1h
            gateway: {timeout: 61m}                          | gateway.timeout: must be a duration from 1s to 1h
            gateway: {timeout: 10}                           | gateway.timeout: must be a duration from 1s to 1h
            gateway: {timeout: 1.5m}                         | gateway.timeout: must be a duration from 1s to 1h
            gateway: {timeout: -1m}                          | gateway.timeout: must be a duration from 1s to 1h
            gateway: {timeout: 9999999999m}                  | gateway.timeout: must be a duration from 1s to 1h
            poll: on                                         | poll: must be a mapping
            poll: {}                                         | poll.token_file: is required
            poll: {token_file: ''}                           | poll.token_file: is required
            poll: {token_file: [token]}                      | poll.token_file: is required
            poll: {token: abc}                               | poll.token_file: is required
            poll: {admin_key_file: token}                    | poll.admin_key_file: unknown key; allowed here: token_file, interval
            poll: {token_file: token, interval: 59s}         | poll.interval: must be a duration from 60s to 24h
            poll: {token_file: token, interval: 2d}          | poll.interval: must be a duration from 60s to 24h
            poll: {token_file: token, every: 5m}             | poll.every: unknown key; allowed here: token_file, interval
            webhook: {secret: abc}                           | webhook.secret_file: is required
            webhook: {secret_file: token, url: x}            | webhook.url: unknown key; allowed here: secret_file
            actors: [a]                                      | actors: must be a mapping
            actors: {a/b: ''}                                | actors.a/b: must be text
            actors: {a/b: {c: d}}                            | actors.a/b: must be text
            """)
    void errorsNameFileLineAndKey(String keys, String error) throws Exception {
        secret("token", "abc");
        assertThat(errors("apify", keys)).contains("usage.yml:4: providers.apify." + error);
    }

    @Test
    void anthropicHasAnAdminKeyAndNoWebhookOrActors() throws Exception {
        secret("token", "abc");
        assertThat(errors("anthropic", "webhook: {secret_file: token}"))
                .startsWith("usage.yml:4: providers.anthropic.webhook: unknown key");
        assertThat(errors("anthropic", "actors: {a: b}"))
                .startsWith("usage.yml:4: providers.anthropic.actors: unknown key");
        assertThat(errors("anthropic", "poll: {token_file: token}"))
                .contains("usage.yml:4: providers.anthropic.poll.admin_key_file: is required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway: {}", "poll: {token_file: x}", "webhook: {secret_file: x}", "actors: {a: b}"})
    void rejectsTrackingOfOtherProviders(String keys) {
        assertThat(errors("maps", keys))
                .startsWith("usage.yml:4: providers.maps." + keys.substring(0, keys.indexOf(':')) + ": unknown key")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\t\n", "first\nsecond", "two words", "k\u00e9y", "a\0b"})
    void rejectsSecretsThatAreNotOneLineOfPrintableAscii(String text) throws Exception {
        secret("token", text);
        assertThat(errors("apify", "poll: {token_file: token}"))
                .isEqualTo(
                        "usage.yml:4: providers.apify.poll.token_file: token must contain one line of printable ASCII");
    }

    @Test
    void namesAnUnreadableSecretFile() throws Exception {
        assertThat(errors("apify", "webhook: {secret_file: none}"))
                .startsWith("usage.yml:4: providers.apify.webhook.secret_file: none cannot be read: ")
                .contains("it does not exist");
        Files.createDirectory(folder.resolve("directory"));
        assertThat(errors("apify", "webhook: {secret_file: directory}"))
                .startsWith("usage.yml:4: providers.apify.webhook.secret_file: directory cannot be read: ");
        Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThat(errors("apify", "webhook: {secret_file: binary}"))
                .startsWith("usage.yml:4: providers.apify.webhook.secret_file: binary cannot be read: ");
        assertThat(errors("apify", "webhook: {secret_file: \"a\\0b\"}"))
                .startsWith("usage.yml:4: providers.apify.webhook.secret_file: ")
                .contains("cannot be read: ");
    }

    /** As orchestrators name the files of secrets. */
    @Test
    void acceptsALongSecretFileName() throws Exception {
        String name = "a/deep/folder/".repeat(12) + "token";
        secret(name, "abc");
        assertThat(Objects.requireNonNull(tracking("apify", "poll: {token_file: " + name + "}")
                                .poll())
                        .key()
                        .reveal())
                .isEqualTo("abc");
    }

    @Test
    void secretIsHiddenInItsText() throws Exception {
        secret("token", "very-secret");
        Config config = read("""
                providers:
                  apify: {resources: [compute_units], poll: {token_file: token}, webhook: {secret_file: token}}
                """);
        assertThat(config.toString()).doesNotContain("very-secret").contains("***");
        assertThat(new Secret("very-secret")).hasToString("***");
        secret("token", "very-secret\nvery-secret");
        assertThat(errors("apify", "poll: {token_file: token}")).doesNotContain("very-secret");
    }

    @Test
    void secretMatchesOnlyItself() {
        var secret = new Secret("abc");
        assertThat(secret.matches("abc")).isTrue();
        for (String wrong : new String[] {"", "ab", "abcd", "ABC", "abd", "\u0441bc"}) {
            assertThat(secret.matches(wrong)).as(wrong).isFalse();
        }
    }
}
