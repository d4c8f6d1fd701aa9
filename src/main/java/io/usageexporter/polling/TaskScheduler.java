package io.usageexporter.polling;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs tasks when they are due, by a clock that may be set, on a few daemon threads. When it is set back, tasks keep the
 * delay that they had left. Thread-safe.
 */
public final class TaskScheduler implements AutoCloseable {
    private static final Logger LOG = System.getLogger(TaskScheduler.class.getName());

    /** How often the clock is read while a task is pending. */
    private static final Duration CLOCK_POLL_INTERVAL = Duration.ofMillis(200);

    private static final long CLOSE_SECONDS = 5;

    private final InstantSource clock;
    private final List<Thread> threads = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparing(Entry::due).thenComparing(Entry::number));
    private Instant lastReading;
    private long lastNumber;
    private boolean watched;

    /** May block. */
    public interface Task {
        void run() throws InterruptedException;
    }

    private record Entry(Instant due, long number, Task task) {}

    public TaskScheduler(String name, int threads, InstantSource clock) {
        this.clock = clock;
        lastReading = clock.instant();
        for (int i = 1; i <= threads; i++) {
            var thread = new Thread(this::work, name + "-" + i);
            thread.setDaemon(true);
            this.threads.add(thread);
        }
        this.threads.forEach(Thread::start);
    }

    /** Runs a task at an instant, or at once if that has passed. Tasks due at the same instant run in order of submission. */
    public void at(Instant due, Task task) {
        lock.lock();
        try {
            read(); // so that tasks of before are told from this one
            entries.add(new Entry(due, ++lastNumber, task));
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Runs a task as soon as a thread is free. */
    public void now(Task task) {
        at(clock.instant(), task);
    }

    private void work() {
        try {
            while (true) {
                Task task = next();
                try {
                    task.run();
                } catch (RuntimeException e) { // a bug, which must not end the thread
                    LOG.log(Level.ERROR, "a task failed: {0}", ExceptionOrigin.of(e));
                }
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "scheduler closed"); // closed
        }
    }

    private Task next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Entry first = entries.peek();
                if (first != null && !first.due().isAfter(read())) {
                    entries.remove();
                    changed.signal(); // another thread may take the next task, or watch the clock
                    return first.task();
                }
                if (first == null || watched) { // one thread watches the clock
                    changed.await();
                    continue;
                }
                watched = true;
                try {
                    changed.await(CLOCK_POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                } finally {
                    watched = false;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Instant read() {
        Instant now = clock.instant();
        Duration back = Duration.between(now, lastReading);
        lastReading = now;
        if (!back.isNegative() && !back.isZero()) {
            List<Entry> later = List.copyOf(entries);
            entries.clear();
            for (Entry entry : later) {
                entries.add(new Entry(entry.due().minus(back), entry.number(), entry.task()));
            }
        }
        return now;
    }

    /** Interrupts running tasks, and waits a few seconds at most for them to end; pending tasks are dropped. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
