package io.usageexporter.client;

import io.usageexporter.client.ThrottledLogger.Kind;

/** Counts events that will never be delivered, and logs why. Thread-safe. */
final class DropCounter {
    private final ThrottledLogger log;
    private long total;
    private long reported;

    DropCounter(ThrottledLogger log) {
        this.log = log;
    }

    void add(Kind kind, int events, String why) {
        long all;
        synchronized (this) {
            total += events;
            all = total;
        }
        log.warn(
                kind,
                why,
                "dropped " + events + (events == 1 ? " event: " : " events: ") + ErrorMessages.clean(why) + " (" + all
                        + " dropped in total)");
    }

    synchronized long total() {
        return total;
    }

    /** The number of events dropped since the last call of this method. */
    synchronized long takeUnreported() {
        long unreported = total - reported;
        reported = total;
        return unreported;
    }
}
