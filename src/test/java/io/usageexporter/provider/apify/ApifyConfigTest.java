package io.usageexporter.provider.apify;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.Config;
import io.usageexporter.testing.Configs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApifyConfigTest {
    @TempDir
    Path folder;

    private static ApifyConfig of(Config config) {
        return (ApifyConfig)
                Objects.requireNonNull(config.tracking().get("apify")).settings();
    }

    @Test
    void thereIsNoWebhookAndNoActorByDefault() {
        assertThat(of(Configs.defaults())).isEqualTo(new ApifyConfig(null, Map.of()));
    }

    @Test
    void readsSecretFileAndActors() throws Exception {
        Files.writeString(folder.resolve("hook"), "  hook-2  \r\n");
        Path file = Files.writeString(folder.resolve("usage.yml"), """
                providers:
                  apify:
                    webhook: {secret_file: hook}
                    actors: {acme/profile-scraper: instagram, 0Ab: tiktok}
                    limits: {monthly: {compute_units: 1}}
                """);

        ApifyConfig apify = of(Configs.load(file));

        assertThat(Objects.requireNonNull(apify.webhookSecret()).reveal()).isEqualTo("hook-2");
        assertThat(apify.actors()).isEqualTo(Map.of("acme/profile-scraper", "instagram", "0Ab", "tiktok"));
    }
}
