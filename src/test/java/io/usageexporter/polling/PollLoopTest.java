package io.usageexporter.polling;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PollLoopTest {
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private final LinkedBlockingQueue<Duration> rests = new LinkedBlockingQueue<>();
    private final Semaphore rested = new Semaphore(0);
    private final Queue<PollTask> polls = new ArrayDeque<>();
    private LogCapture log;

    @BeforeEach
    void listen() {
        log = new LogCapture();
    }

    @AfterEach
    void stop() {
        log.close();
    }

    private PollLoop loop(PollTask... each) {
        polls.addAll(List.of(each));
        return PollLoop.start(
                "apify",
                INTERVAL,
                () -> polls.remove().run(),
                clock,
                duration -> {
                    rests.add(duration);
                    rested.acquire();
                },
                () -> 1);
    }

    /** How long it rests after the poll that runs next. */
    private Duration rest() throws InterruptedException {
        return rests.poll(10, TimeUnit.SECONDS);
    }

    private Duration nextRest() throws InterruptedException {
        rested.release();
        return rest();
    }

    private static PollTask failing(IOException e) {
        return () -> {
            throw e;
        };
    }

    private static PollTask failing(RuntimeException e) {
        return () -> {
            throw e;
        };
    }

    private static ProviderException answered(int status, @Nullable Duration retryAfter) {
        return ProviderException.unsuccessful("/v2/users/me/limits", status, retryAfter);
    }

    private static void succeeding() {}

    @Test
    void pollsAtOnceAndThenAtEveryInterval() throws Exception {
        try (PollLoop loop = loop(PollLoopTest::succeeding, PollLoopTest::succeeding)) {
            assertThat(rest()).isEqualTo(INTERVAL);
            assertThat(loop.state()).isEqualTo(new PollLoop.State(true, Instant.parse("2026-11-24T09:15:00Z")));

            clock.advance(INTERVAL);
            assertThat(nextRest()).isEqualTo(INTERVAL);
            assertThat(loop.state().lastSuccess()).isEqualTo("2026-11-24T09:20:00Z");
        }
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void knowsNothingBeforeTheFirstPollEnded() throws Exception {
        var end = new CountDownLatch(1);
        try (PollLoop loop = loop(end::await)) {
            assertThat(loop.state()).isEqualTo(new PollLoop.State(null, null));

            end.countDown();
            assertThat(rest()).isEqualTo(INTERVAL);
            assertThat(loop.state().success()).isTrue();
        }
    }

    @Test
    void goesOnWhateverAPollThrows() throws Exception {
        try (PollLoop loop = loop(
                failing(answered(401, null)),
                failing(new IOException("no disk")),
                failing(new UncheckedIOException(new IOException("a stream broke"))),
                failing(new DateTimeException("SECRET is no date")),
                failing(new StringIndexOutOfBoundsException()),
                () -> {
                    throw new StackOverflowError();
                },
                PollLoopTest::succeeding,
                failing(answered(500, null)))) {
            assertThat(rest()).isEqualTo(Duration.ofMinutes(1));
            assertThat(loop.state()).isEqualTo(new PollLoop.State(false, null));
            for (int minutes : new int[] {2, 4, 8, 16, 32}) {
                assertThat(nextRest()).isEqualTo(Duration.ofMinutes(minutes));
            }
            assertThat(nextRest()).isEqualTo(INTERVAL);
            assertThat(loop.state().success()).isTrue();
            assertThat(nextRest()).isEqualTo(Duration.ofMinutes(1));
            assertThat(loop.state()).isEqualTo(new PollLoop.State(false, Instant.parse("2026-11-24T09:15:00Z")));
        }
    }

    @Test
    void saysOnceThatItFailsAndThatItAnswersAgain() throws Exception {
        try (PollLoop loop = loop(
                failing(answered(503, null)),
                failing(answered(401, null)),
                PollLoopTest::succeeding,
                PollLoopTest::succeeding,
                failing(new DateTimeException("SECRET is no date")))) {
            rest();
            for (int i = 0; i < 4; i++) {
                nextRest();
            }
            assertThat(loop.state().success()).isFalse();
        }
        assertThat(log.warnings()).hasSize(2);
        assertThat(log.warnings().get(0))
                .isEqualTo("WARNING polling apify failed, will retry: GET /v2/users/me/limits returned status 503");
        assertThat(log.warnings().get(1)).contains("DateTimeException").doesNotContain("SECRET");
        assertThat(log.messages().stream().filter(message -> message.equals("INFO polling apify succeeds again")))
                .hasSize(1);
    }

    @Test
    void waitsAsLongAsTheProviderAsksButAtMostAnHour() throws Exception {
        try (PollLoop loop =
                loop(failing(answered(429, Duration.ofMinutes(10))), failing(answered(429, Duration.ofDays(3))))) {
            assertThat(rest()).isEqualTo(Duration.ofMinutes(11));
            assertThat(nextRest()).isEqualTo(Duration.ofHours(1));
            assertThat(loop.state().success()).isFalse();
        }
    }

    @Test
    void closingEndsARestAndAPollUnderWay() throws Exception {
        var interrupts = new AtomicInteger();
        var started = new CountDownLatch(1);
        PollLoop polling = loop(() -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                throw e;
            }
        });
        started.await();
        polling.close();
        assertThat(interrupts).hasValue(1);

        PollLoop resting = loop(PollLoopTest::succeeding, PollLoopTest::succeeding);
        rest();
        resting.close();
        rested.release();
        assertThat(polls).hasSize(1);
        assertThat(log.warnings()).isEmpty();
    }
}
