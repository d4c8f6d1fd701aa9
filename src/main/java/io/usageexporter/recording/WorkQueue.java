package io.usageexporter.recording;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for the recorder's thread: submissions, bounded by their events, and a few commands. Thread-safe. */
final class WorkQueue {
    /** How long what nobody waits for may rest for company; a commit costs about as much for one event as for many. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Submission> submissions = new ArrayDeque<>();
    private final List<Runnable> commands = new ArrayList<>();
    private int events;
    private boolean closed;
    private long restsUntil = System.nanoTime();

    WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Whether a submission was taken. */
    enum Answer {
        TAKEN,
        FULL,
        CLOSED
    }

    /** Everything to be done next. */
    record Work(List<Submission> submissions, List<Runnable> commands, boolean isEnd) {
        /** Whether nothing came in the time allowed. */
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

    Answer offer(Submission submission) {
        int size = submission.events().size();
        lock.lock();
        try {
            if (closed) {
                return Answer.CLOSED;
            }
            if (events > 0 && events + size > capacity) {
                return Answer.FULL;
            }
            events += size;
            submissions.add(submission);
            if (submission.mayRest()) {
                if (submissions.size() == 1) {
                    restsUntil = System.nanoTime() + REST_NANOS;
                    changed.signal(); // the others rest with it
                }
            } else {
                restsUntil = System.nanoTime();
                changed.signal();
            }
            return Answer.TAKEN;
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

    /** Waits for work. After {@link #close()} gives out what is left, and then the end. */
    Work take(int maxEvents, long timeout, TimeUnit unit) throws InterruptedException {
        lock.lock();
        try {
            long nanos = unit.toNanos(timeout);
            while (submissions.isEmpty() && commands.isEmpty() && !closed && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            long rest = restsUntil - System.nanoTime();
            while (!submissions.isEmpty() && commands.isEmpty() && !closed && events < maxEvents && rest > 0) {
                changed.awaitNanos(rest);
                rest = restsUntil - System.nanoTime();
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
