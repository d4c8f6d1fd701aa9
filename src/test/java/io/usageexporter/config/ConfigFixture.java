package io.usageexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.testing.Configs;
import java.util.Objects;

/** Reads configurations, as of a file {@code my.yml}. */
final class ConfigFixture {
    private ConfigFixture() {}

    static Config read(String yaml) throws InvalidConfigException {
        return Configs.read("my.yml", yaml);
    }

    static ProviderConfig anthropic(String settings) throws InvalidConfigException {
        return provider(
                read("providers: {anthropic: " + (settings.startsWith("{") ? settings : "{" + settings + "}") + "}"),
                "anthropic");
    }

    static ProviderConfig provider(Config config, String name) {
        return Objects.requireNonNull(config.providers().get(name));
    }

    static String errors(String yaml) {
        var thrown = catchThrowableOfType(InvalidConfigException.class, () -> read(yaml));
        assertThat(thrown).as("errors of %s", yaml).isNotNull();
        return Objects.requireNonNull(thrown.getMessage());
    }
}
