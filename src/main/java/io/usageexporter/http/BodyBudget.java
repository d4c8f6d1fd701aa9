package io.usageexporter.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that bodies under way may take, since a few batches of the largest size would fill a small heap.
 * Thread-safe.
 */
final class BodyBudget {
    private final long capacity;
    private final AtomicLong taken = new AtomicLong();

    BodyBudget(long capacity) {
        this.capacity = capacity;
    }

    /** Takes bytes, or answers false. The largest body allowed is always taken when there is no other. */
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) <= capacity || taken.get() == bytes) {
            return true;
        }
        release(bytes);
        return false;
    }

    void release(long bytes) {
        taken.addAndGet(-bytes);
    }
}
