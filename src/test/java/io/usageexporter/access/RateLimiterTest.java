package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
    private static final long INTERVAL = Duration.ofMillis(100).toNanos();

    private final AtomicLong now = new AtomicLong();

    private RateLimiter limiter(int burst) {
        return new RateLimiter(Duration.ofNanos(INTERVAL), burst, now::get);
    }

    private static long admitted(RateLimiter limiter) {
        return IntStream.range(0, 1000).filter(i -> limiter.admits()).count();
    }

    /** Also where the nanoseconds of the JVM overflow. */
    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1, Long.MIN_VALUE})
    void aBurstPassesAtOnceAndThenOneInEachInterval(long start) {
        now.set(start);
        RateLimiter limiter = limiter(3);

        assertThat(admitted(limiter)).isEqualTo(3);
        now.addAndGet(INTERVAL - 1);
        assertThat(admitted(limiter)).isZero();
        now.addAndGet(1);
        assertThat(admitted(limiter)).isEqualTo(1);
        now.addAndGet(2 * INTERVAL);
        assertThat(admitted(limiter)).isEqualTo(2);
    }

    @Test
    void afterALongPauseNoMoreThanABurstPasses() {
        RateLimiter limiter = limiter(3);
        admitted(limiter);

        now.addAndGet(1000 * INTERVAL);

        assertThat(admitted(limiter)).isEqualTo(3);
    }

    @Test
    void manyThreadsTogetherGetOneBurst() {
        RateLimiter limiter = limiter(500);

        assertThat(IntStream.range(0, 10_000)
                        .parallel()
                        .filter(i -> limiter.admits())
                        .count())
                .isEqualTo(500);
    }
}
