package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockWatchTest {
    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final ClockWatch watch = new ClockWatch(clock, nanos::get);

    private List<String> logged(Duration elapsed, Duration shown) {
        try (var log = new LogCapture(ClockWatch.class.getName())) {
            nanos.addAndGet(elapsed.toNanos());
            clock.advance(shown);
            assertThat(watch.instant()).isEqualTo(clock.instant());
            assertThat(watch.instant()).isEqualTo(clock.instant());
            return log.messages();
        }
    }

    @Test
    void timeThatPassesIsNotLoggedNorIsSlewing() {
        assertThat(logged(Duration.ofDays(3), Duration.ofDays(3))).isEmpty();
        assertThat(logged(Duration.ofMinutes(10), Duration.ofMinutes(11))).isEmpty();
        assertThat(logged(Duration.ofMinutes(10), Duration.ofMinutes(9))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PT-1H    | the clock was set back by 1 h 0 min and is now 2026-11-24T08:15:10Z",
                "PT24H31M | the clock went ahead, set or after a sleep of the machine, by 24 h 31 min and is now 2026-11-25T09:46:10Z"
            })
    void stepIsLoggedOnceWithWhatItMoves(Duration step, String message) {
        assertThat(logged(Duration.ofSeconds(10), step.plusSeconds(10)))
                .containsExactly("WARNING " + message + "; events that name no time are recorded at that of the clock");
    }
}
