package io.usageexporter.client;

import io.usageexporter.client.BatchResult.Recorded;
import io.usageexporter.client.BatchResult.Rejected;
import io.usageexporter.client.BatchResult.Retry;
import io.usageexporter.client.BatchResult.Split;
import io.usageexporter.client.ThrottledLogger.Kind;
import io.usageexporter.httpclient.Backoff;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Delivers the queue batch by batch, always the first events until they are settled. Runs on its own thread, which ends
 * when it is interrupted, or when the queue is closed and empty.
 */
final class Sender implements Runnable {
    /** Maximum size of a batch; many proxies accept no larger body. */
    private static final int MAX_BATCH_BYTES = EventWriter.MAX_EVENT_BYTES;

    private final ExporterClient exporter;
    private final SendQueue queue;
    private final DropCounter drops;
    private final ThrottledLogger log;
    private final Backoff backoff;
    private final InstantSource clock;
    private final int batchSize;
    private final RetryWait wait = new RetryWait();
    private int maxEvents;
    private boolean failureLogged;

    Sender(
            ExporterClient exporter,
            SendQueue queue,
            DropCounter drops,
            ThrottledLogger log,
            Backoff backoff,
            InstantSource clock,
            int batchSize) {
        this.exporter = exporter;
        this.queue = queue;
        this.drops = drops;
        this.log = log;
        this.backoff = backoff;
        this.clock = clock;
        this.batchSize = batchSize;
        this.maxEvents = batchSize;
    }

    /** Cuts a delay short for a caller that waits until the deadline. Called from any thread. */
    void wakeUp(long deadline) {
        wait.wakeUp(deadline);
    }

    @Override
    public void run() {
        try {
            List<QueuedEvent> first = queue.first(maxEvents);
            while (!first.isEmpty()) {
                tryOnce(first);
                first = queue.first(maxEvents);
            }
        } catch (InterruptedException e) {
            // The client was closed and no longer waits.
        }
    }

    private void tryOnce(List<QueuedEvent> first) throws InterruptedException {
        try {
            List<QueuedEvent> batch = valid(first);
            if (!batch.isEmpty()) {
                settle(batch, send(batch));
            }
        } catch (RuntimeException | Error e) { // such as lack of memory; the next attempt may succeed
            log.warn(Kind.FAILED, "sending failed, will retry: " + ErrorMessages.clean(e.toString()));
            wait.await(backoff.nextMax().toNanos(), false);
        }
    }

    /** As many of the events as fit into a batch; drops invalid ones. */
    private List<QueuedEvent> valid(List<QueuedEvent> first) {
        var batch = new ArrayList<QueuedEvent>();
        int bytes = 1;
        for (QueuedEvent event : first) {
            try {
                bytes += event.json().length + 1;
            } catch (RuntimeException e) { // invalid; it can never be written
                drop(event, String.valueOf(e.getMessage()));
                continue;
            }
            if (bytes > MAX_BATCH_BYTES && !batch.isEmpty()) {
                break;
            }
            batch.add(event);
        }
        return batch;
    }

    private BatchResult send(List<QueuedEvent> batch) throws InterruptedException {
        var body = new ByteArrayOutputStream();
        for (QueuedEvent event : batch) {
            body.write(body.size() == 0 ? '[' : ',');
            body.writeBytes(event.json());
        }
        body.write(']');
        try {
            return BatchResult.of(exporter.post("/api/usage", body.toByteArray()), batch.size(), clock.instant());
        } catch (IOException e) {
            return new Retry(null, false, ErrorMessages.of(e));
        }
    }

    private void settle(List<QueuedEvent> batch, BatchResult result) throws InterruptedException {
        if (result instanceof Retry retry) {
            keep(retry);
            return;
        }
        if (result instanceof Split) {
            maxEvents = Math.max(1, batch.size() / 2);
            return;
        }
        if (result instanceof Rejected rejected) {
            rejected.events().forEach((index, why) -> {
                if (rejected.isConflict()) {
                    log.warn(Kind.CONFLICT, why, "an event was recorded before: " + ErrorMessages.clean(why));
                    queue.settle(List.of(batch.get(index)));
                } else {
                    drop(batch.get(index), why);
                }
            });
        } else if (result instanceof Recorded) {
            queue.settle(batch);
            maxEvents = Math.min(batchSize, 2 * maxEvents);
            if (failureLogged) {
                failureLogged = false;
                log.info(exporter + " accepts events again");
            }
        }
        backoff.reset();
    }

    private void keep(Retry retry) throws InterruptedException {
        failureLogged |= log.warn(
                Kind.UNDELIVERED,
                exporter + " accepted no events: " + retry.why() + "; " + queue.size() + " queued for retry");
        boolean woken = wait.takeWoken();
        if (woken) {
            backoff.reset();
        }
        Duration requested = retry.after();
        boolean isMax = requested == null && retry.needsIntervention() && !woken;
        Duration delay = isMax ? backoff.nextMax() : backoff.next(requested);
        wait.await(delay.toNanos(), requested != null);
    }

    private void drop(QueuedEvent event, String why) {
        drops.add(Kind.INVALID, 1, why);
        queue.settle(List.of(event));
    }
}
