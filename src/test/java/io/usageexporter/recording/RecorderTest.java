package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.recording.Outcome.Cause;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.testing.Configs;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestLedger;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("ledger")
class RecorderTest {
    private static final UsageEvent EVENT =
            new UsageEvent(null, "anthropic", "", "", null, Usage.of(Map.of(Measure.of("requests"), Amount.of(1))));

    @TempDir
    Path folder;

    private final CountDownLatch stalled = new CountDownLatch(1);
    private final CountDownLatch resume = new CountDownLatch(1);
    private Recorder recorder;

    @BeforeEach
    void start() throws Exception {
        recorder = Recorder.start(
                TestLedger.at(folder.resolve("usage.db")).open(),
                Configs.defaults().providers().values(),
                Configs.defaults().prices(),
                new SettableClock("2026-11-24T09:15:00Z"),
                RecorderMetrics.NONE);
    }

    @AfterEach
    void stop() throws Exception {
        recorder.close();
    }

    /** Holds up the recorder's thread, as a slow disk would. */
    private void stall() throws InterruptedException {
        recorder.submit(List.of(EVENT), Source.API, outcome -> {
            stalled.countDown();
            try {
                resume.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stalled.await();
    }

    private CompletableFuture<Outcome> submit(int events) {
        var outcome = new CompletableFuture<Outcome>();
        recorder.submit(Collections.nCopies(events, EVENT), Source.API, outcome::complete);
        return outcome;
    }

    @Test
    void fullQueueRejectsImmediatelyAndKeepsItsEvents() throws Exception {
        stall();
        CompletableFuture<Outcome> accepted = submit(Recorder.QUEUE_EVENTS);
        CompletableFuture<Outcome> rejected = submit(1);

        assertThat(rejected)
                .isCompletedWithValueMatching(outcome ->
                        outcome instanceof Unavailable unavailable && unavailable.cause() == Cause.QUEUE_FULL);
        assertThat(accepted).isNotDone();
        assertThat(recorder.queuedEvents()).isEqualTo(Recorder.QUEUE_EVENTS);
        resume.countDown();
        assertThat(accepted.get()).isEqualTo(new Recorded(Recorder.QUEUE_EVENTS, 0));
    }

    @Test
    void emptyQueueAcceptsASubmissionLargerThanItsCapacity() throws Exception {
        assertThat(submit(Recorder.QUEUE_EVENTS + 1).get()).isEqualTo(new Recorded(Recorder.QUEUE_EVENTS + 1, 0));
    }

    @Test
    void queuedSubmissionsAreCommittedTogether() throws Exception {
        stall();
        CompletableFuture<Outcome> first = submit(1);
        CompletableFuture<Outcome> second = submit(2);
        resume.countDown();

        assertThat(first.get()).isEqualTo(new Recorded(1, 0));
        assertThat(second.get()).isEqualTo(new Recorded(2, 0));
        assertThat(recorder.totals().snapshot().recorded()).containsEntry(Source.API, 4L);
    }

    @Test
    void closeRecordsQueuedEventsAndRejectsNewOnes() throws Exception {
        stall();
        CompletableFuture<Outcome> accepted = submit(3);
        var closing = CompletableFuture.runAsync(() -> {
            try {
                recorder.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        resume.countDown();
        closing.get();

        assertThat(accepted.get()).isEqualTo(new Recorded(3, 0));
        assertThat(submit(1).get())
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        rejected -> assertThat(rejected.cause()).isEqualTo(Cause.SHUTDOWN));
    }
}
