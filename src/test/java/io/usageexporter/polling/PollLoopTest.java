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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PollLoopTest {
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private final LinkedBlockingQueue<Duration> delays = new LinkedBlockingQueue<>();
    private final Semaphore permits = new Semaphore(0);
    private final Queue<PollTask> polls = new ArrayDeque<>();
    private volatile boolean isInCharge = true;
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
                () -> isInCharge,
                clock,
                duration -> {
                    delays.add(duration);
                    permits.acquire();
                },
                () -> 1);
    }

    /** The delay after the current poll. */
    private Duration delay() throws InterruptedException {
        return delays.poll(10, TimeUnit.SECONDS);
    }

    private Duration nextDelay() throws InterruptedException {
        permits.release();
        return delay();
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

    private static ProviderException status(int status, @Nullable Duration retryAfter) {
        return ProviderException.unsuccessful("/v2/users/me/limits", status, retryAfter);
    }

    private static void succeeding() {}

    @Test
    void pollsAtOnceAndThenAtEveryInterval() throws Exception {
        try (PollLoop loop = loop(PollLoopTest::succeeding, PollLoopTest::succeeding)) {
            assertThat(delay()).isEqualTo(INTERVAL);
            assertThat(loop.state()).isEqualTo(new PollLoop.State(true, Instant.parse("2026-11-24T09:15:00Z")));

            clock.advance(INTERVAL);
            assertThat(nextDelay()).isEqualTo(INTERVAL);
            assertThat(loop.state().lastSuccess()).isEqualTo("2026-11-24T09:20:00Z");
        }
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void stateIsUnknownBeforeTheFirstPollEnds() throws Exception {
        var end = new CountDownLatch(1);
        try (PollLoop loop = loop(end::await)) {
            assertThat(loop.state()).isEqualTo(new PollLoop.State(null, null));

            end.countDown();
            assertThat(delay()).isEqualTo(INTERVAL);
            assertThat(loop.state().success()).isTrue();
        }
    }

    @Test
    void continuesAfterAnyException() throws Exception {
        try (PollLoop loop = loop(
                failing(status(401, null)),
                failing(new IOException("no disk")),
                failing(new UncheckedIOException(new IOException("a stream broke"))),
                failing(new DateTimeException("SECRET is no date")),
                failing(new StringIndexOutOfBoundsException()),
                () -> {
                    throw new StackOverflowError();
                },
                PollLoopTest::succeeding,
                failing(status(500, null)))) {
            assertThat(delay()).isEqualTo(Duration.ofMinutes(1));
            assertThat(loop.state()).isEqualTo(new PollLoop.State(false, null));
            for (int minutes : new int[] {2, 4, 8, 16, 32}) {
                assertThat(nextDelay()).isEqualTo(Duration.ofMinutes(minutes));
            }
            assertThat(nextDelay()).isEqualTo(INTERVAL);
            assertThat(loop.state().success()).isTrue();
            assertThat(nextDelay()).isEqualTo(Duration.ofMinutes(1));
            assertThat(loop.state()).isEqualTo(new PollLoop.State(false, Instant.parse("2026-11-24T09:15:00Z")));
        }
    }

    @Test
    void logsTheFirstFailureAndTheRecovery() throws Exception {
        try (PollLoop loop = loop(
                failing(status(503, null)),
                failing(status(401, null)),
                PollLoopTest::succeeding,
                PollLoopTest::succeeding,
                failing(new DateTimeException("SECRET is no date")))) {
            delay();
            for (int i = 0; i < 4; i++) {
                nextDelay();
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
    void honoursRetryAfterUpToAnHour() throws Exception {
        try (PollLoop loop =
                loop(failing(status(429, Duration.ofMinutes(10))), failing(status(429, Duration.ofDays(3))))) {
            assertThat(delay()).isEqualTo(Duration.ofMinutes(11));
            assertThat(nextDelay()).isEqualTo(Duration.ofHours(1));
            assertThat(loop.state().success()).isFalse();
        }
    }

    @Test
    void pollsOnlyWhileInChargeAndThenAtOnce() throws Exception {
        isInCharge = false;
        try (PollLoop loop = loop(PollLoopTest::succeeding, failing(status(500, null)), PollLoopTest::succeeding)) {
            assertThat(delay()).isEqualTo(Duration.ofSeconds(1));
            assertThat(nextDelay()).isEqualTo(Duration.ofSeconds(1));
            assertThat(loop.state()).isEqualTo(new PollLoop.State(null, null));
            assertThat(polls).hasSize(3);

            isInCharge = true;
            assertThat(nextDelay()).isEqualTo(INTERVAL);
            assertThat(loop.state().success()).isTrue();
            assertThat(nextDelay()).isEqualTo(Duration.ofMinutes(1));
            assertThat(loop.state().success()).isFalse();

            isInCharge = false;
            assertThat(loop.state()).isEqualTo(new PollLoop.State(null, null));
            assertThat(nextDelay()).isEqualTo(Duration.ofSeconds(1));
            isInCharge = true;
            assertThat(loop.state()).isEqualTo(new PollLoop.State(null, null));
            assertThat(nextDelay()).isEqualTo(INTERVAL);
            assertThat(polls).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "true,  2026-11-24T09:00:00Z, true,  2026-11-24T09:05:00Z, true,  2026-11-24T09:00:00Z",
                "true,  2026-11-24T09:05:00Z, true,  2026-11-24T09:00:00Z, true,  2026-11-24T09:00:00Z",
                "true,  2026-11-24T09:00:00Z, false, 2026-11-24T08:00:00Z, false, 2026-11-24T08:00:00Z",
                "true,  2026-11-24T09:00:00Z, -,     -,                    -,     -",
                "false, -,                    true,  2026-11-24T09:00:00Z, false, -",
                "-,     -,                    false, -,                    false, -"
            })
    void twoLoopsSucceedTogether(
            @Nullable Boolean one,
            @Nullable Instant oneAt,
            @Nullable Boolean other,
            @Nullable Instant otherAt,
            @Nullable Boolean both,
            @Nullable Instant bothAt) {
        assertThat(new PollLoop.State(one, oneAt).and(new PollLoop.State(other, otherAt)))
                .isEqualTo(new PollLoop.State(both, bothAt));
    }

    @Test
    void closingInterruptsADelayAndAPollInProgress() throws Exception {
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

        PollLoop waiting = loop(PollLoopTest::succeeding, PollLoopTest::succeeding);
        delay();
        waiting.close();
        permits.release();
        assertThat(polls).hasSize(1);
        assertThat(log.warnings()).isEmpty();
    }
}
