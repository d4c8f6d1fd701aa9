package io.usageexporter.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Source;
import io.usageexporter.recording.WorkQueue.Work;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkQueueTest {
    private final AtomicLong now = new AtomicLong();
    private final WorkQueue queue = new WorkQueue(1000, Long.MAX_VALUE, now::get);

    private void offer(int submissions) {
        for (int i = 0; i < submissions; i++) {
            queue.offer(new Submission(List.of(), Source.API, DuplicatePolicy.REJECT, 0, outcome -> {}));
        }
    }

    private Work take() {
        try {
            return queue.take(1000, 1, TimeUnit.HOURS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes in another thread, once that waits. */
    private CompletableFuture<Work> takeLater() {
        var taken = new CompletableFuture<Work>();
        var taker = new Thread(() -> taken.complete(take()));
        taker.start();
        while (taker.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return taken;
    }

    @Test
    void halfOfALargeGroupThatComesBackIsOneGroup() throws Exception {
        offer(10);
        assertThat(take().submissions()).hasSize(10);
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        CompletableFuture<Work> next = takeLater();
        offer(4);
        assertThat(next).isNotDone();
        offer(1);
        assertThat(next.get().submissions()).hasSize(5);
    }

    @Test
    void whatIsQueuedAlreadyIsWaitedForInAddition() throws Exception {
        offer(10);
        take();
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        offer(7);
        CompletableFuture<Work> next = takeLater();
        offer(5);
        assertThat(next.get().submissions()).hasSize(12);
    }

    @Test
    void othersAreAwaitedNoLongerThanTheGroupBeforeTook() {
        offer(10);
        take();
        offer(1);
        assertThat(take().submissions()).hasSize(1);
    }

    @Test
    void afterASmallGroupNobodyIsAwaited() {
        offer(7);
        take();
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        offer(1);
        assertThat(take().submissions()).hasSize(1);
    }

    @Test
    void commandsAndTheEndAreNotHeldUp() throws Exception {
        offer(10);
        take();
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        CompletableFuture<Work> command = takeLater();
        queue.offer(() -> {});
        assertThat(command.get().commands()).hasSize(1);
        offer(10);
        take();
        now.addAndGet(TimeUnit.HOURS.toNanos(1));
        CompletableFuture<Work> end = takeLater();
        queue.close();
        assertThat(end.get().isEnd()).isTrue();
    }
}
