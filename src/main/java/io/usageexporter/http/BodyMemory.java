package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;

/**
 * The memory for posted bodies and the events in them, in shares: what has arrived of large bodies, what has arrived of
 * small ones, and the events that large ones turn out to hold. So large bodies starve each other at most, and what a
 * client announces costs nothing. Thread-safe.
 */
final class BodyMemory {
    /** Up to this a body has its place whatever else is under way. */
    static final int ALWAYS_BYTES = 8 * 1024;

    /** Up to this a body is small. */
    static final int SMALL_BYTES = 64 * 1024;

    /** What an event takes until it is recorded, apart from its texts, measured with the smallest of them. */
    private static final long EVENT_BYTES = 192;

    /** What the exporter needs for all else, and for arriving bodies. */
    private static final long RESERVED_BYTES = 64L << 20;

    private final BodyBudget small;
    private final BodyBudget large;
    private final BodyBudget events;

    /** @param heap the bytes that there are for the whole program */
    BodyMemory(long heap) {
        small = new BodyBudget(heap / 16);
        large = new BodyBudget(heap / 16 * 3);
        events = new BodyBudget(Math.max(heap / 8, heap - RESERVED_BYTES));
    }

    /** The most bytes of a body that can be taken when there is no other. */
    long mostBytes() {
        return large.capacity();
    }

    /** The most events of a large body that can be taken when there is no other. */
    long mostEvents() {
        return events.capacity() / EVENT_BYTES;
    }

    /**
     * Begins to count for an exchange, until it is answered. What it holds is free before the sender sees the response,
     * since that may be followed by the next body at once.
     */
    Claim claim(HttpServerExchange exchange) {
        var claim = new Claim(exchange.getRequestContentLength() > SMALL_BYTES);
        exchange.addResponseCommitListener(response -> claim.release());
        exchange.addExchangeCompleteListener((done, next) -> {
            claim.release(); // of one that was broken off without a response
            next.proceed();
        });
        return claim;
    }

    /** What one exchange holds. */
    final class Claim {
        private BodyBudget share;
        private long bodyBytes;
        private long eventBytes;
        private boolean released;

        private Claim(boolean announcedLarge) {
            share = announcedLarge ? large : small;
        }

        /** Holds so many bytes for the body instead of those before, or answers false. */
        synchronized boolean resize(long bytes) {
            if (released) {
                return false;
            }
            if (bytes > SMALL_BYTES && share == small) {
                small.release(bodyBytes);
                bodyBytes = 0;
                share = large;
            }
            long more = bytes - bodyBytes;
            if (bytes <= ALWAYS_BYTES) {
                share.takeAnyway(more);
            } else if (!share.take(more)) {
                return false;
            }
            bodyBytes = bytes;
            return true;
        }

        /** Holds room for further events, or answers false. */
        synchronized boolean takeEvents(int count) {
            long more = count * EVENT_BYTES;
            if (released || !events.take(more)) {
                return false;
            }
            eventBytes += more;
            return true;
        }

        /** Whether these many more events cannot be held even when there are no others. */
        synchronized boolean isBeyondAll(int count) {
            return eventBytes + count * EVENT_BYTES > events.capacity();
        }

        synchronized void release() {
            released = true;
            share.release(bodyBytes);
            events.release(eventBytes);
            bodyBytes = 0;
            eventBytes = 0;
        }
    }
}
