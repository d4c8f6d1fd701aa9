package io.usageexporter.recording;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.IdHash;
import io.usageexporter.recording.Outcome.Unavailable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Fire-and-forget recording: batches that the ledger cannot take are queued, up to {@value #MAX_EVENTS} events, and
 * retried every second. Further events are dropped and counted. Thread-safe; never blocks.
 */
public final class RetryQueue implements AutoCloseable {
    /** The capacity in events. */
    static final int MAX_EVENTS = 20_000;

    private static final Logger LOG = System.getLogger(RetryQueue.class.getName());
    private static final int RETRY_BATCH_EVENTS = 1000;
    private static final long CLOSE_TIMEOUT_SECONDS = 5;

    private final Recorder recorder;
    private final Thread thread = new Thread(this::run, "retry-queue");
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ArrayDeque<PendingBatch> waiting = new ArrayDeque<>();
    private final Map<Source, Integer> waitingEvents = new EnumMap<>(Source.class);
    private final Map<Source, Long> droppedEvents = new EnumMap<>(Source.class);
    private int events;
    private boolean dropping;

    /**
     * The events of one call, which are recorded together.
     *
     * @param fingerprint of the call, 0 for none
     * @param done called once, when they are recorded or dropped
     */
    private record PendingBatch(
            List<UsageEvent> events, Source source, DuplicatePolicy policy, long fingerprint, Runnable done) {}

    /** Starts retrying every second. */
    public RetryQueue(Recorder recorder) {
        this.recorder = recorder;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Records events as {@link Recorder#recordObserved} does, now or later.
     *
     * @param events each with its instant, since it may be recorded much later
     * @param done called once, by any thread, when they are recorded or dropped; must not block or throw
     */
    public void record(List<UsageEvent> events, Source source, Runnable done) {
        submit(new PendingBatch(identified(events), source, DuplicatePolicy.KEEP_MAX, 0, done), () -> {});
    }

    /**
     * Records a response observed by the gateway, now or later. A known id does not make it a duplicate if its amounts,
     * model or call differ.
     *
     * @param call what else identifies the call, such as a hash of the request and the id of the message; may be empty
     * @param done as for {@link #record}
     */
    public void recordResponse(List<UsageEvent> events, String call, Runnable done) {
        long fingerprint = call.isEmpty() ? 0 : IdHash.of(call);
        submit(
                new PendingBatch(identified(events), Source.GATEWAY, DuplicatePolicy.COMPARE, fingerprint, done),
                () -> {});
    }

    /**
     * Whether a commit to a shared ledger took place may stay unknown, so that what is retried may be recorded already: by
     * its id, it counts once.
     */
    private List<UsageEvent> identified(List<UsageEvent> events) {
        return recorder.isShared()
                ? events.stream()
                        .map(event -> event.id() == null ? event.withId("observed/" + UUID.randomUUID()) : event)
                        .toList()
                : List.copyOf(events);
    }

    /** Counts events that cannot be recorded as dropped. */
    public synchronized void addDropped(Source source, int lost) {
        droppedEvents.merge(source, (long) lost, Long::sum);
    }

    /** The number of queued events. */
    public synchronized int waiting(Source source) {
        return waitingEvents.getOrDefault(source, 0);
    }

    /** The number of events dropped since the start. */
    public synchronized long dropped(Source source) {
        return droppedEvents.getOrDefault(source, 0L);
    }

    private void submit(PendingBatch batch, Runnable completed) {
        recorder.submit(new Submission(batch.events(), batch.source(), batch.policy(), batch.fingerprint(), outcome -> {
            if (outcome instanceof Unavailable) {
                enqueue(batch);
            } else {
                batch.done().run();
            }
            completed.run();
        }));
    }

    private void enqueue(PendingBatch batch) {
        int size = batch.events().size();
        boolean firstDropped;
        synchronized (this) {
            if (events + size <= MAX_EVENTS) {
                events += size;
                waitingEvents.merge(batch.source(), size, Integer::sum);
                waiting.add(batch);
                return;
            }
            firstDropped = !dropping;
            dropping = true;
        }
        drop(batch);
        if (firstDropped) {
            LOG.log(Level.ERROR, "dropping events: {0} are already queued for the ledger", MAX_EVENTS);
        }
    }

    private void drop(PendingBatch batch) {
        addDropped(batch.source(), batch.events().size());
        batch.done().run();
    }

    private void run() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                retry();
            }
            retry();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // by close(), which stops waiting
        }
    }

    /** Retries each batch queued now once, for as long as the ledger is writable. */
    private void retry() throws InterruptedException {
        int remaining = waitingBatches();
        do {
            List<PendingBatch> taken = take();
            CountDownLatch completions = new CountDownLatch(taken.size());
            taken.forEach(batch -> submit(batch, completions::countDown));
            completions.await();
            remaining -= taken.size();
        } while (remaining > 0 && recorder.isWritable());
    }

    private synchronized int waitingBatches() {
        return waiting.size();
    }

    private synchronized List<PendingBatch> take() {
        var taken = new ArrayList<PendingBatch>();
        for (int size = 0; !waiting.isEmpty() && size < RETRY_BATCH_EVENTS; ) {
            PendingBatch batch = waiting.remove();
            taken.add(batch);
            size += batch.events().size();
            events -= batch.events().size();
            waitingEvents.merge(batch.source(), -batch.events().size(), Integer::sum);
        }
        dropping = dropping && events > 0;
        return taken;
    }

    /** Retries once more, then drops what is left and logs it. To be called before the recorder is closed. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_TIMEOUT_SECONDS));
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int lost = 0;
        for (List<PendingBatch> taken = take(); !taken.isEmpty(); taken = take()) {
            taken.forEach(this::drop);
            lost += taken.stream().mapToInt(batch -> batch.events().size()).sum();
        }
        if (lost > 0) {
            LOG.log(Level.ERROR, "dropped {0} events that could not be written to the ledger", lost);
        }
    }
}
