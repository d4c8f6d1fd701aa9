package io.usageexporter.recording;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** The queue of the recorder's thread: submissions, bounded by their events, and a few commands. Thread-safe. */
final class WorkQueue {
    /** How long a submission that no caller waits for may linger so that others can share its commit. */
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** After a group of fewer, the next is not waited for, since few would come and those that wait would wait longer. */
    private static final int MIN_RETURNING = 8;

    private final int capacity;
    private final long maxAwaitNanos;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Submission> submissions = new ArrayDeque<>();
    private final List<Runnable> commands = new ArrayList<>();
    private int events;
    private boolean closed;
    private long lingerUntil;

    /** The recorder is woken for this many submissions. */
    private int awaited = 1;

    private int lastGroup;
    private long lastTaken;

    /**
     * An empty queue.
     *
     * @param maxAwaitNanos how long the clients of the last group are awaited at most
     * @param nanos the time, of any origin
     */
    WorkQueue(int capacity, long maxAwaitNanos, LongSupplier nanos) {
        this.capacity = capacity;
        this.maxAwaitNanos = maxAwaitNanos;
        this.nanos = nanos;
        lingerUntil = nanos.getAsLong();
        lastTaken = lingerUntil;
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
                    lingerUntil = nanos.getAsLong() + LINGER_NANOS;
                    changed.signal(); // later ones linger with it
                }
            } else {
                lingerUntil = nanos.getAsLong();
                if (submissions.size() >= awaited) {
                    changed.signal();
                }
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
    Work take(int maxEvents, long timeout, TimeUnit unit) throws InterruptedException {
        lock.lock();
        try {
            awaitReturning();
            long left = unit.toNanos(timeout);
            while (submissions.isEmpty() && commands.isEmpty() && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            long linger = lingerUntil - nanos.getAsLong();
            while (!submissions.isEmpty() && commands.isEmpty() && !closed && events < maxEvents && linger > 0) {
                changed.awaitNanos(linger);
                linger = lingerUntil - nanos.getAsLong();
            }
            var group = new ArrayList<Submission>();
            int size = 0;
            while (!submissions.isEmpty() && (group.isEmpty() || size < maxEvents)) {
                Submission submission = submissions.remove();
                size += submission.events().size();
                group.add(submission);
            }
            events -= size;
            lastGroup = group.size();
            lastTaken = nanos.getAsLong();
            List<Runnable> toRun = List.copyOf(commands);
            commands.clear();
            return new Work(group, toRun, closed && group.isEmpty() && toRun.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets half of the clients that have just been answered send their next events, for no longer than their own took: a
     * commit costs hardly less for fewer.
     */
    private void awaitReturning() throws InterruptedException {
        if (lastGroup >= MIN_RETURNING) {
            awaited = submissions.size() + lastGroup / 2;
            long left = Math.min(maxAwaitNanos, nanos.getAsLong() - lastTaken);
            while (submissions.size() < awaited && commands.isEmpty() && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            awaited = 1;
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
