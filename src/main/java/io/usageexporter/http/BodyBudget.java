package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;
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

    /** Takes bytes for as long as an exchange lasts, or answers false. */
    boolean takeFor(HttpServerExchange exchange, long bytes) {
        if (!take(bytes)) {
            return false;
        }
        exchange.addExchangeCompleteListener((done, next) -> {
            release(bytes);
            next.proceed();
        });
        return true;
    }

    void release(long bytes) {
        taken.addAndGet(-bytes);
    }
}
