package io.usageexporter.recording;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.recording.Outcome.Unavailable;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Records uses for those who cannot wait and cannot fail: what the ledger does not take waits in memory and is tried
 * again each second, up to {@value #MAX_EVENTS} events. Further ones are dropped and counted. Thread-safe; never blocks.
 */
public final class RetryQueue implements AutoCloseable {
    /** Events that may wait. */
    static final int MAX_EVENTS = 20_000;

    private static final Logger LOG = System.getLogger(RetryQueue.class.getName());
    private static final int EVENTS_AT_ONCE = 1000;
    private static final long LAST_TRY_SECONDS = 5;

    private final Recorder recorder;
    private final Thread thread = new Thread(this::run, "backlog");
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ArrayDeque<Use> waiting = new ArrayDeque<>();
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
    private record Use(
            List<UsageEvent> events, Source source, DuplicatePolicy repeats, long fingerprint, Runnable done) {}

    /** Tries again each second. */
    public RetryQueue(Recorder recorder) {
        this.recorder = recorder;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Records events as {@link Recorder#track} does, now or later.
     *
     * @param events each with its instant, since it may be recorded much later
     * @param done called once, by any thread, when they are recorded or dropped; must not block or throw
     */
    public void record(List<UsageEvent> events, Source source, Runnable done) {
        submit(new Use(List.copyOf(events), source, DuplicatePolicy.RAISE, 0, done), () -> {});
    }

    /**
     * Records what the gateway saw an API answer, now or later. An id that is known does not make it a repeat if it has
     * other amounts or another model, or was another call.
     *
     * @param call what the call was besides, such as a hash of the request and the id of the message; empty for nothing
     * @param done as for {@link #record}
     */
    public void recordAnswer(List<UsageEvent> events, String call, Runnable done) {
        long fingerprint = call.isEmpty() ? 0 : Fingerprints.of(call);
        submit(new Use(List.copyOf(events), Source.GATEWAY, DuplicatePolicy.COMPARE, fingerprint, done), () -> {});
    }

    /** Counts events that cannot be recorded. */
    public synchronized void lose(Source source, int lost) {
        droppedEvents.merge(source, (long) lost, Long::sum);
    }

    /** Events that wait for the ledger. */
    public synchronized int waiting(Source source) {
        return waitingEvents.getOrDefault(source, 0);
    }

    /** Events that were lost since the start. */
    public synchronized long dropped(Source source) {
        return droppedEvents.getOrDefault(source, 0L);
    }

    private void submit(Use use, Runnable answered) {
        recorder.submit(new Submission(use.events(), use.source(), use.repeats(), use.fingerprint(), outcome -> {
            if (outcome instanceof Unavailable) {
                hold(use);
            } else {
                use.done().run();
            }
            answered.run();
        }));
    }

    private void hold(Use use) {
        int size = use.events().size();
        boolean complain;
        synchronized (this) {
            if (events + size <= MAX_EVENTS) {
                events += size;
                waitingEvents.merge(use.source(), size, Integer::sum);
                waiting.add(use);
                return;
            }
            complain = !dropping;
            dropping = true;
        }
        drop(use);
        if (complain) {
            LOG.log(Level.ERROR, "events are dropped: {0} wait for the ledger already", MAX_EVENTS);
        }
    }

    private void drop(Use use) {
        lose(use.source(), use.events().size());
        use.done().run();
    }

    private void run() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                retry();
            }
            retry();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // by close(), which does not wait any longer
        }
    }

    /** Tries what waits now once, as long as the ledger takes it. */
    private void retry() throws InterruptedException {
        int left = waitingUses();
        do {
            List<Use> some = take();
            CountDownLatch answers = new CountDownLatch(some.size());
            some.forEach(use -> submit(use, answers::countDown));
            answers.await();
            left -= some.size();
        } while (left > 0 && recorder.isWritable());
    }

    private synchronized int waitingUses() {
        return waiting.size();
    }

    private synchronized List<Use> take() {
        var some = new ArrayList<Use>();
        for (int size = 0; !waiting.isEmpty() && size < EVENTS_AT_ONCE; ) {
            Use use = waiting.remove();
            some.add(use);
            size += use.events().size();
            events -= use.events().size();
            waitingEvents.merge(use.source(), -use.events().size(), Integer::sum);
        }
        dropping = dropping && events > 0;
        return some;
    }

    /** Tries once more. The recorder must still be there; what it does not take now is dropped, and said. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(LAST_TRY_SECONDS));
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int lost = 0;
        for (List<Use> some = take(); !some.isEmpty(); some = take()) {
            some.forEach(this::drop);
            lost += some.stream().mapToInt(use -> use.events().size()).sum();
        }
        if (lost > 0) {
            LOG.log(Level.ERROR, "{0} events are lost, as the ledger did not take them", lost);
        }
    }
}
