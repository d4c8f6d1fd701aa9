package io.usageexporter.client;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue of events to be delivered, in order of acceptance. An event stays in it while it is being sent, until
 * it is settled. Thread-safe; methods do not block unless documented.
 */
final class SendQueue {
    /** The result of an offer. */
    enum Offered {
        ACCEPTED,
        FULL,
        CLOSED
    }

    private final int max;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition settled = lock.newCondition();
    private final LinkedHashSet<QueuedEvent> waiting = new LinkedHashSet<>();
    private long last;
    private boolean closed;

    SendQueue(int max) {
        this.max = max;
    }

    /** @param record with an id and an instant */
    Offered offer(UsageRecord record) {
        lock.lock();
        try {
            if (closed) {
                return Offered.CLOSED;
            }
            if (waiting.size() >= max) {
                return Offered.FULL;
            }
            waiting.add(new QueuedEvent(++last, record));
            arrived.signal();
            return Offered.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    /** The first events, in order; blocks while there are none. Empty once the queue is closed and drained. */
    List<QueuedEvent> first(int max) throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.await();
            }
            return waiting.stream().limit(max).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Removes events that need not be sent any more. */
    void settle(Collection<QueuedEvent> done) {
        lock.lock();
        try {
            done.forEach(waiting::remove);
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Blocks until all events present at the call are settled, the deadline has passed, or the thread is interrupted;
     * the interrupt flag is kept.
     *
     * @param deadline of {@link System#nanoTime()}
     * @return the number of those that are not settled
     */
    int awaitSettled(long deadline) {
        lock.lock();
        try {
            long until = last;
            awaitSettled(until, deadline);
            return (int)
                    waiting.stream().takeWhile(event -> event.number() <= until).count();
        } finally {
            lock.unlock();
        }
    }

    private void awaitSettled(long until, long deadline) {
        try {
            long left = deadline - System.nanoTime();
            while (left > 0 && !waiting.isEmpty() && waiting.iterator().next().number() <= until) {
                settled.await(left, TimeUnit.NANOSECONDS);
                left = deadline - System.nanoTime();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Removes all events, and returns their number. */
    int clear() {
        lock.lock();
        try {
            int removed = waiting.size();
            waiting.clear();
            settled.signalAll();
            return removed;
        } finally {
            lock.unlock();
        }
    }

    /** Accepts no further events. */
    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
