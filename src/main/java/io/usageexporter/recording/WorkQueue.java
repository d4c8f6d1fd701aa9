package io.usageexporter.recording;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The queue of the recorder's thread: submissions, bounded by their events, and a few commands. Thread-safe. */
final class WorkQueue {
    /** How long a submission that no caller waits for may linger so that others can share its commit. */
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Submission> submissions = new ArrayDeque<>();
    private final List<Runnable> commands = new ArrayList<>();
    private int events;
    private boolean closed;
    private long lingerUntil = System.nanoTime();

    WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    /** The result of offering a submission. */
    enum OfferResult {
        ACCEPTED,
        FULL,
        CLOSED
    }

    /** Everything to do next. */
    record Work(List<Submission> submissions, List<Runnable> commands, boolean isEnd) {
        /** Whether nothing arrived before the timeout. */
        boolean isIdle() {
            return submissions.isEmpty() && commands.isEmpty() && !isEnd;
        }
    }

    int events() {
        lock.lock();
        try {
            return events;
        } finally {
            lock.unlock();
        }
    }

    OfferResult offer(Submission submission) {
        int size = submission.events().size();
        lock.lock();
        try {
            if (closed) {
                return OfferResult.CLOSED;
            }
            if (events > 0 && events + size > capacity) {
                return OfferResult.FULL;
            }
            events += size;
            submissions.add(submission);
            if (submission.canLinger()) {
                if (submissions.size() == 1) {
                    lingerUntil = System.nanoTime() + LINGER_NANOS;
                    changed.signal(); // later ones linger with it
                }
            } else {
                lingerUntil = System.nanoTime();
                changed.signal();
            }
            return OfferResult.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    boolean offer(Runnable command) {
        lock.lock();
        try {
            if (!closed) {
                commands.add(command);
                changed.signal();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for work. After {@link #close()} returns what is left, then the end. */
    Work take(int maxEvents, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long nanos = patience.toNanos();
            while (submissions.isEmpty() && commands.isEmpty() && !closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            long linger = lingerUntil - System.nanoTime();
            while (!submissions.isEmpty() && commands.isEmpty() && !closed && events < maxEvents && linger > 0) {
                changed.awaitNanos(linger);
                linger = lingerUntil - System.nanoTime();
            }
            var group = new ArrayList<Submission>();
            int size = 0;
            while (!submissions.isEmpty() && (group.isEmpty() || size < maxEvents)) {
                Submission submission = submissions.remove();
                size += submission.events().size();
                group.add(submission);
            }
            events -= size;
            List<Runnable> toRun = List.copyOf(commands);
            commands.clear();
            return new Work(group, toRun, closed && group.isEmpty() && toRun.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
