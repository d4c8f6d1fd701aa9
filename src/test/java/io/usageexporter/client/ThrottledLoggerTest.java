package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.client.ThrottledLogger.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ThrottledLoggerTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final ThrottledLogger log = new ThrottledLogger(nanos::get);

    @Test
    void logsAReasonOnceAMinute() {
        assertThat(log.warn(Kind.INVALID, "usage.x is not counted", "batch 1")).isTrue();
        assertThat(log.warn(Kind.INVALID, "usage.x is not counted", "batch 2")).isFalse();

        nanos.addAndGet(Duration.ofSeconds(60).toNanos() - 1);
        assertThat(log.warn(Kind.INVALID, "usage.x is not counted", "batch 3")).isFalse();
        nanos.addAndGet(1);
        assertThat(log.warn(Kind.INVALID, "usage.x is not counted", "batch 4")).isTrue();
    }

    @Test
    void logsDifferentReasonsOfAKind() {
        assertThat(log.warn(Kind.INVALID, "usage.x is not counted", "a")).isTrue();
        assertThat(log.warn(Kind.INVALID, "category is too long", "b")).isTrue();
        assertThat(log.warn(Kind.CONFLICT, "usage.x is not counted", "c")).isTrue();
    }

    @Test
    void reasonsThatDifferOnlyInNumbersAreTheSame() {
        assertThat(log.warn(Kind.INVALID, "now is 2026-11-24T09:15:00Z", "a")).isTrue();
        assertThat(log.warn(Kind.INVALID, "now is 2026-11-24T09:15:07Z", "b")).isFalse();
    }

    @Test
    void boundsTheNumberOfReasons() {
        int logged = 0;
        for (int i = 0; i < 1000; i++) {
            logged += log.warn(Kind.INVALID, "field " + "x".repeat(i), "c") ? 1 : 0;
        }
        assertThat(logged).isEqualTo(ThrottledLogger.MAX_REASONS + 1);
    }
}
