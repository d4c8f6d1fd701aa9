package io.usageexporter.client;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The uses that wait to be delivered, in the order in which they were taken, up to a bound. One that is under way still
 * waits, until it is settled. Thread-safe; nothing but what says so blocks.
 */
final class SendQueue {
    /** What became of a use that was offered. */
    enum Offered {
        TAKEN,
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

    /** @param use with an id and an instant */
    Offered offer(UsageRecord use) {
        lock.lock();
        try {
            if (closed) {
                return Offered.CLOSED;
            }
            if (waiting.size() >= max) {
                return Offered.FULL;
            }
            waiting.add(new QueuedEvent(++last, use));
            arrived.signal();
            return Offered.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /** The first that wait, in order; blocks while there are none. Empty once there are none and will be no more. */
    List<QueuedEvent> first(int most) throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.await();
            }
            return waiting.stream().limit(most).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Takes off what needs not be sent any more. */
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
     * Blocks until what was there when it was called is settled, the deadline has come, or the thread is interrupted,
     * which it then still is.
     *
     * @param deadline of {@link System#nanoTime()}
     * @return how many are not settled
     */
    int awaitSettled(long deadline) {
        lock.lock();
        try {
            long until = last;
            awaitSettled(until, deadline);
            return (int)
                    waiting.stream().takeWhile(use -> use.number() <= until).count();
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

    /** Gives up all that wait, and returns how many. */
    int clear() {
        lock.lock();
        try {
            int given = waiting.size();
            waiting.clear();
            settled.signalAll();
            return given;
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more. */
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
