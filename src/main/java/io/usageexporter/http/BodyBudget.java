package io.usageexporter.http;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the memory that one kind of content may take, since a few of the largest would fill a small heap. Thread-safe. */
final class BodyBudget {
    private final long capacity;
    private final AtomicLong taken = new AtomicLong();

    BodyBudget(long capacity) {
        this.capacity = capacity;
    }

    long capacity() {
        return capacity;
    }

    /** Takes bytes, or answers false. Whatever its size, the first is taken when there is no other. */
    boolean takeOneAtLeast(long bytes) {
        if (taken.addAndGet(bytes) <= capacity || taken.get() == bytes) {
            return true;
        }
        release(bytes);
        return false;
    }

    /** Takes bytes, or answers false when they do not fit beside what is taken. */
    boolean take(long bytes) {
        if (taken.addAndGet(bytes) <= capacity) {
            return true;
        }
        release(bytes);
        return false;
    }

    /** Takes bytes whether they fit or not. */
    void takeAnyway(long bytes) {
        taken.addAndGet(bytes);
    }

    void release(long bytes) {
        taken.addAndGet(-bytes);
    }
}
