package io.usageexporter.httpclient;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static Backoff backoff(double chance) {
        return new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(5), () -> chance);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    @Test
    void doublesUpToTheMaximumUntilReset() {
        Backoff backoff = backoff(1);
        for (int expected : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            assertThat(backoff.next(null)).isEqualTo(seconds(expected));
        }
        backoff.reset();
        assertThat(backoff.next(null)).isEqualTo(seconds(1));
    }

    @Test
    void jitterShortensTheDelayByUpToHalf() {
        assertThat(backoff(0).next(null)).isEqualTo(seconds(0.5));
        assertThat(backoff(0.5).next(null)).isEqualTo(seconds(0.75));
        assertThat(backoff(0).nextMax()).isEqualTo(seconds(15));
    }

    @Test
    void respectsTheRequestedDelayUpToItsLimit() {
        assertThat(backoff(0).next(seconds(7))).isEqualTo(seconds(7));
        assertThat(backoff(1).next(seconds(10))).isEqualTo(seconds(11));
        assertThat(backoff(0).next(Duration.ofDays(9999))).isEqualTo(Duration.ofMinutes(5));
        assertThat(backoff(1).next(Duration.ofDays(9999))).isEqualTo(Duration.ofMinutes(5));
        assertThat(backoff(1).next(Duration.ZERO)).isEqualTo(seconds(1));
    }

    @Test
    void keepsGrowingWhileTheExporterRequestsDelays() {
        Backoff backoff = backoff(0);
        for (int i = 0; i < 10; i++) {
            backoff.next(seconds(1));
        }
        assertThat(backoff.next(seconds(1))).isEqualTo(seconds(15));
    }

    @Test
    void isAtTheMaximumForFailuresThatNeedIntervention() {
        Backoff backoff = backoff(1);

        assertThat(backoff.nextMax()).isEqualTo(seconds(30));
        assertThat(backoff.next(null)).isEqualTo(seconds(30));
    }
}
