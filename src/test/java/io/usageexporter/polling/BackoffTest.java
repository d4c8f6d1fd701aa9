package io.usageexporter.polling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Backoff backoff(double chance) {
        return new Backoff(SECOND, Duration.ofSeconds(30), () -> chance);
    }

    @Test
    void doublesUpToTheLongestAndStartsAnew() {
        Backoff backoff = backoff(1);
        for (int expected : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            assertThat(backoff.next(null)).isEqualTo(Duration.ofSeconds(expected));
        }
        backoff.reset();
        assertThat(backoff.next(null)).isEqualTo(SECOND);
    }

    @Test
    void leavesUpToHalfToChance() {
        assertThat(backoff(0).next(null)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff(0.5).next(null)).isEqualTo(Duration.ofMillis(750));
    }

    @Test
    void isAtLeastWhatTheProviderAsksForButNotForever() {
        assertThat(backoff(0).next(Duration.ofSeconds(7))).isEqualTo(Duration.ofSeconds(7));
        assertThat(backoff(1).next(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(11));
        assertThat(backoff(1).next(Duration.ofDays(9999))).isEqualTo(Duration.ofSeconds(30));
        assertThat(backoff(1).next(Duration.ZERO)).isEqualTo(SECOND);
    }
}
