package io.usageexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.testing.Configs;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionConfigTest {
    private static Config read(String retention) throws InvalidConfigException {
        return Configs.read("usage.yml", retention + "\nproviders: {maps: {resources: [tiles]}}");
    }

    @Test
    void eventsAreKeptForEverByDefault() throws Exception {
        assertThat(read("").eventsKept()).isNull();
        assertThat(read("retention: {}").eventsKept()).isNull();
    }

    @Test
    void eventsAreKeptForTheGivenTime() throws Exception {
        assertThat(read("retention: {events: 400d}").eventsKept()).isEqualTo(Duration.ofDays(400));
    }

    @ParameterizedTest
    @CsvSource({
        "events: 59d, retention.events: must be a duration of 60d or more",
        "events: 400, retention.events: must be a duration of 60d or more",
        "event: 400d, retention.event: unknown key"
    })
    void otherValuesAreNamed(String value, String message) {
        assertThatThrownBy(() -> read("retention: {" + value + "}"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("usage.yml:1: ")
                .hasMessageContaining(message);
    }
}
