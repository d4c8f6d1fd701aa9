package io.usageexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Configs;
import java.nio.charset.StandardCharsets;

/** Configuration files: a configuration, or errors that name the file. */
public final class ConfigFuzz {
    private ConfigFuzz() {}

    public static void yaml(byte[] input) {
        try {
            Configs.read("my.yml", new String(input, StandardCharsets.UTF_8));
        } catch (InvalidConfigException e) {
            assertThat(String.valueOf(e.getMessage()).lines()).allMatch(line -> line.startsWith("my.yml:"));
        }
    }
}
