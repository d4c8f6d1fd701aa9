package io.usageexporter.client;

import io.usageexporter.client.BatchResult.Later;
import io.usageexporter.client.BatchResult.Recorded;
import io.usageexporter.client.BatchResult.Refused;
import io.usageexporter.client.BatchResult.Split;
import io.usageexporter.client.ThrottledLogger.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Delivers what waits, a batch after the other: each time the first that wait, until they are settled. Runs on a thread
 * of its own, which ends by an interrupt, or when the backlog is closed and empty.
 */
final class Sender implements Runnable {
    /** Of a batch. Proxies often take no more. */
    private static final int MAX_BATCH_BYTES = EventWriter.MAX_EVENT_BYTES;

    private final ExporterClient exporter;
    private final SendQueue backlog;
    private final DropCounter drops;
    private final ThrottledLogger complaints;
    private final Backoff backoff;
    private final InstantSource clock;
    private final int batchSize;
    private final RetryWait pause = new RetryWait();
    private int most;
    private boolean complained;

    Sender(
            ExporterClient exporter,
            SendQueue backlog,
            DropCounter drops,
            ThrottledLogger complaints,
            Backoff backoff,
            InstantSource clock,
            int batchSize) {
        this.exporter = exporter;
        this.backlog = backlog;
        this.drops = drops;
        this.complaints = complaints;
        this.backoff = backoff;
        this.clock = clock;
        this.batchSize = batchSize;
        this.most = batchSize;
    }

    /** Says that somebody waits until the deadline, so that a rest of the sender ends now. From any thread. */
    void hurry(long deadline) {
        pause.hurry(deadline);
    }

    @Override
    public void run() {
        try {
            List<QueuedEvent> first = backlog.first(most);
            while (!first.isEmpty()) {
                tryOnce(first);
                first = backlog.first(most);
            }
        } catch (InterruptedException e) {
            // The client is closed, and does not wait any longer.
        }
    }

    private void tryOnce(List<QueuedEvent> first) throws InterruptedException {
        try {
            List<QueuedEvent> batch = valid(first);
            if (!batch.isEmpty()) {
                settle(batch, send(batch));
            }
        } catch (RuntimeException | Error e) { // such as too little memory; the next try may do better
            complaints.warn(Kind.FAILED, "sending failed, and is tried again: " + ErrorMessages.clean(e.toString()));
            pause.rest(backoff.slow().toNanos(), false);
        }
    }

    /** As many of them as fit into a batch, and without those that can be no events. */
    private List<QueuedEvent> valid(List<QueuedEvent> first) {
        var batch = new ArrayList<QueuedEvent>();
        int bytes = 1;
        for (QueuedEvent use : first) {
            try {
                bytes += use.event().length + 1;
            } catch (RuntimeException e) { // an invalid use; one that cannot be written now never will be
                drop(use, String.valueOf(e.getMessage()));
                continue;
            }
            if (bytes > MAX_BATCH_BYTES && !batch.isEmpty()) {
                break;
            }
            batch.add(use);
        }
        return batch;
    }

    private BatchResult send(List<QueuedEvent> batch) throws InterruptedException {
        var body = new ByteArrayOutputStream();
        for (QueuedEvent use : batch) {
            body.write(body.size() == 0 ? '[' : ',');
            body.writeBytes(use.event());
        }
        body.write(']');
        try {
            return BatchResult.of(exporter.post("/api/usage", body.toByteArray()), batch.size(), clock.instant());
        } catch (IOException e) {
            return new Later(null, false, ErrorMessages.of(e));
        }
    }

    private void settle(List<QueuedEvent> batch, BatchResult verdict) throws InterruptedException {
        if (verdict instanceof Later later) {
            keep(later);
            return;
        }
        if (verdict instanceof Split) {
            most = Math.max(1, batch.size() / 2);
            return;
        }
        if (verdict instanceof Refused refused) {
            refused.events().forEach((index, why) -> {
                if (refused.counted()) {
                    complaints.warn(Kind.CONFLICT, why, "a use was counted before: " + ErrorMessages.clean(why));
                    backlog.settle(List.of(batch.get(index)));
                } else {
                    drop(batch.get(index), why);
                }
            });
        } else if (verdict instanceof Recorded) {
            backlog.settle(batch);
            most = Math.min(batchSize, 2 * most);
            if (complained) {
                complained = false;
                complaints.info(exporter + " takes uses again");
            }
        }
        backoff.reset();
    }

    private void keep(Later later) throws InterruptedException {
        complained |= complaints.warn(
                Kind.UNDELIVERED,
                exporter + " took no uses: " + later.why() + "; " + backlog.size() + " wait and are sent later");
        boolean hurried = pause.wasHurried();
        if (hurried) {
            backoff.reset();
        }
        Duration asked = later.after();
        if (asked != null) {
            pause.rest(backoff.next(asked).toNanos(), true);
        } else {
            Duration rest = later.mendable() && !hurried ? backoff.slow() : backoff.next();
            pause.rest(rest.toNanos(), false);
        }
    }

    private void drop(QueuedEvent use, String why) {
        drops.add(Kind.INVALID, 1, why);
        backlog.settle(List.of(use));
    }
}
