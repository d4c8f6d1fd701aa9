package io.usageexporter.polling;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TaskSchedulerTest {
    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private final List<String> done = new CopyOnWriteArrayList<>();

    private void at(TaskScheduler scheduler, int seconds, String name) {
        scheduler.at(clock.instant().plusSeconds(seconds), () -> done.add(name));
    }

    @Test
    void runsTasksInOrderWhenTheyAreDue() {
        try (var scheduler = new TaskScheduler("test", 1, clock)) {
            at(scheduler, 20, "later");
            at(scheduler, 10, "second");
            at(scheduler, 10, "third");
            at(scheduler, 5, "first");
            at(scheduler, 0, "now");
            Awaitility.await().until(() -> done.equals(List.of("now")));

            clock.advance(Duration.ofSeconds(10));
            Awaitility.await().until(() -> done.equals(List.of("now", "first", "second", "third")));

            clock.advance(Duration.ofSeconds(10));
            Awaitility.await().until(() -> done.size() == 5);
        }
    }

    @Test
    void clockThatIsSetBackDelaysNoTask() {
        try (var scheduler = new TaskScheduler("test", 1, clock)) {
            at(scheduler, 20, "later");
            at(scheduler, 10, "first");
            clock.advance(Duration.ofDays(-1));
            at(scheduler, 0, "now");
            Awaitility.await().until(() -> done.equals(List.of("now")));

            clock.advance(Duration.ofSeconds(10));
            Awaitility.await().until(() -> done.equals(List.of("now", "first")));
        }
    }

    @Test
    void runsAsManyTasksAtOnceAsThereAreThreads() throws Exception {
        var together = new CountDownLatch(3);
        try (var scheduler = new TaskScheduler("test", 3, clock)) {
            for (int i = 0; i < 3; i++) {
                scheduler.now(() -> {
                    together.countDown();
                    together.await();
                });
            }
            assertThat(together.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void survivesAFailingTaskAndHidesItsMessage() {
        try (var log = new LogCapture();
                var scheduler = new TaskScheduler("test", 1, clock)) {
            scheduler.now(() -> {
                throw new IllegalStateException("SECRET");
            });
            at(scheduler, 0, "next");
            Awaitility.await().until(() -> done.equals(List.of("next")));

            assertThat(log.warnings()).hasSize(1);
            assertThat(log.warnings().get(0))
                    .contains("IllegalStateException at io.usageexporter.polling.TaskSchedulerTest")
                    .doesNotContain("SECRET");
        }
    }

    @Test
    void closingInterruptsRunningTasksAndDropsPendingOnes() {
        var interrupted = new CompletableFuture<Boolean>();
        var started = new CountDownLatch(1);
        try (var scheduler = new TaskScheduler("test", 1, clock)) {
            scheduler.now(() -> {
                started.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    interrupted.complete(true);
                    throw e;
                }
            });
            at(scheduler, 0, "never");
            Awaitility.await().until(() -> started.getCount() == 0);
        }
        assertThat(interrupted).isCompletedWithValue(true);
        assertThat(done).isEmpty();
    }
}
