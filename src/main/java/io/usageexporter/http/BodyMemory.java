package io.usageexporter.http;

import io.undertow.server.HttpServerExchange;

/**
 * Memory for request bodies and their events, divided into received bytes of large bodies, received bytes of small ones,
 * those of the smallest while their next bytes are awaited, and the events of large ones. Large bodies can therefore only
 * starve each other, and announcing a size costs nothing. Thread-safe.
 */
final class BodyMemory {
    /** Bodies up to this size always have room, unless many others of this size are incomplete. */
    static final int ALWAYS_BYTES = 8 * 1024;

    /** Maximum size of a small body. */
    static final int SMALL_BYTES = 64 * 1024;

    /** Memory of an event until it is recorded, without its texts; measured with minimal events. */
    private static final long EVENT_BYTES = 192;

    /** Memory needed for everything else, including received bodies. */
    private static final long RESERVED_BYTES = 64L << 20;

    private final MemoryLimit small;
    private final MemoryLimit large;
    private final MemoryLimit waiting;
    private final MemoryLimit events;

    /** @param heap the maximum heap size in bytes */
    BodyMemory(long heap) {
        small = new MemoryLimit(heap / 16);
        large = new MemoryLimit(heap / 16 * 3);
        waiting = new MemoryLimit(heap / 16);
        events = new MemoryLimit(Math.max(heap / 8, heap - RESERVED_BYTES));
    }

    /** The maximum size of a body when there is no other. */
    long maxBodyBytes() {
        return large.capacity();
    }

    /** The maximum number of events of a large body when there is no other. */
    long maxEvents() {
        return events.capacity() / EVENT_BYTES;
    }

    /**
     * Starts accounting for an exchange, until its response. Its memory is released before the client sees the response,
     * since the next body may follow immediately.
     */
    Claim claim(HttpServerExchange exchange) {
        var claim = new Claim(exchange);
        exchange.addExchangeCompleteListener((done, next) -> {
            claim.release(); // aborted without a response
            next.proceed();
        });
        return claim;
    }

    /** The memory held by one exchange. */
    final class Claim {
        private final HttpServerExchange exchange;
        private MemoryLimit limit;
        private boolean hasReserved;
        private long bodyBytes;
        private long waitingBytes;
        private long eventBytes;
        private boolean released;

        private Claim(HttpServerExchange exchange) {
            this.exchange = exchange;
            limit = exchange.getRequestContentLength() > SMALL_BYTES ? large : small;
        }

        /** Reserves more. Most exchanges never do, and need not listen for their response. */
        private boolean reserve(MemoryLimit from, long bytes) {
            if (released || !from.reserveIfFits(bytes)) {
                return false;
            }
            if (!hasReserved) {
                hasReserved = true;
                exchange.addResponseCommitListener(response -> release());
            }
            return true;
        }

        /** Resizes the reservation for the body. Returns false if there is no room. */
        synchronized boolean resize(long bytes) {
            if (released) {
                return false;
            }
            if (bytes <= ALWAYS_BYTES) {
                return true;
            }
            waiting.release(waitingBytes);
            waitingBytes = 0;
            if (bytes > SMALL_BYTES && limit == small) {
                small.release(bodyBytes);
                bodyBytes = 0;
                limit = large;
            }
            if (!reserve(limit, bytes - bodyBytes)) {
                return false;
            }
            bodyBytes = bytes;
            return true;
        }

        /** Reserves room for an incomplete body that needed none so far. Returns false if there is none. */
        synchronized boolean await(long bytes) {
            long more = bodyBytes > 0 ? 0 : bytes - waitingBytes;
            if (!reserve(waiting, more)) {
                return false;
            }
            waitingBytes += more;
            return true;
        }

        /** Reserves room for further events. Returns false if there is none. */
        synchronized boolean reserveEvents(int count) {
            long more = count * EVENT_BYTES;
            if (!reserve(events, more)) {
                return false;
            }
            eventBytes += more;
            return true;
        }

        /** Whether this many further events would not fit even if nothing else were reserved. */
        synchronized boolean neverFits(int count) {
            return eventBytes + count * EVENT_BYTES > events.capacity();
        }

        synchronized void release() {
            released = true;
            limit.release(bodyBytes);
            waiting.release(waitingBytes);
            events.release(eventBytes);
            bodyBytes = 0;
            waitingBytes = 0;
            eventBytes = 0;
        }
    }
}
