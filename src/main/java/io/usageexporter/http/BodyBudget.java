package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /**
     * Takes bytes until an exchange is answered, or answers false. They are free before the sender sees the answer, since
     * that may be followed by the next body at once.
     */
    boolean takeFor(HttpServerExchange exchange, long bytes) {
        if (!take(bytes)) {
            return false;
        }
        var released = new AtomicBoolean();
        Runnable once = () -> {
            if (released.compareAndSet(false, true)) {
                release(bytes);
            }
        };
        exchange.addResponseCommitListener(answer -> once.run());
        exchange.addExchangeCompleteListener((done, next) -> {
            once.run(); // of one that was broken off without an answer
            next.proceed();
        });
        return true;
    }

    void release(long bytes) {
        taken.addAndGet(-bytes);
    }
}
