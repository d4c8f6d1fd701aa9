package io.usageexporter.http;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the memory of one kind of content, since a few large ones would fill a small heap. Thread-safe. */
final class MemoryLimit {
    private final long capacity;
    private final AtomicLong reserved = new AtomicLong();

    MemoryLimit(long capacity) {
        this.capacity = capacity;
    }

    long capacity() {
        return capacity;
    }

    /** Reserves bytes if they fit, or if nothing else is reserved. Returns whether it did so. */
    boolean reserveIfFitsOrAlone(long bytes) {
        if (reserved.addAndGet(bytes) <= capacity || reserved.get() == bytes) {
            return true;
        }
        release(bytes);
        return false;
    }

    /** Reserves bytes if they fit. Returns whether it did so. */
    boolean reserveIfFits(long bytes) {
        if (reserved.addAndGet(bytes) <= capacity) {
            return true;
        }
        release(bytes);
        return false;
    }

    void release(long bytes) {
        if (bytes > 0) { // most requests have reserved nothing, and threads compete for the counter
            reserved.addAndGet(-bytes);
        }
    }
}
