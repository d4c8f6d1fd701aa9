package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageClientBuilderTest {
    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "127.0.0.1:5000",
                "user:secret@127.0.0.1:5000",
                "ftp://user:secret@host",
                "http://user:secret@",
                "http://user:secret@host:port",
                "http://user:secret@host:65536",
                "http://user:secret@host/?query",
                "http://user:secret@host/#fragment",
                "http://user:sec ret@host"
            })
    void rejectsAnInvalidUrlWithoutRepeatingItsPassword(String url) {
        assertThatThrownBy(() -> UsageClient.builder().url(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("url ")
                .hasMessageNotContaining("sec")
                .hasNoCause();
    }

    @Test
    void rejectsInvalidSettingsAndSaysWhatIsAllowed() {
        for (Duration timeout : new Duration[] {null, Duration.ZERO, Duration.ofNanos(1), Duration.ofMinutes(61)}) {
            assertThatThrownBy(() -> UsageClient.builder().timeout(timeout))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("timeout must be from a millisecond to an hour, not " + timeout);
        }
        assertThatThrownBy(() -> UsageClient.builder().maxQueue(0)).hasMessageContaining("at least 1, not 0");
        assertThatThrownBy(() -> UsageClient.builder().batchSize(0)).hasMessageContaining("from 1 to 10000");
        assertThatThrownBy(() -> UsageClient.builder().batchSize(10_001)).hasMessageContaining("not 10001");
    }
}
