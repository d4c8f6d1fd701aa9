package io.usageexporter.client;

import io.usageexporter.client.ThrottledLogger.Kind;

/** Counts the uses that will never be delivered, and says why. Thread-safe. */
final class DropCounter {
    private final ThrottledLogger complaints;
    private long total;
    private long told;

    DropCounter(ThrottledLogger complaints) {
        this.complaints = complaints;
    }

    void add(Kind kind, int uses, String why) {
        long all;
        synchronized (this) {
            total += uses;
            all = total;
        }
        complaints.warn(
                kind,
                why,
                "dropped " + uses + (uses == 1 ? " use: " : " uses: ") + ErrorMessages.clean(why) + " (" + all
                        + " dropped in all)");
    }

    synchronized long total() {
        return total;
    }

    /** Those that no call of this method told of before. */
    synchronized long untold() {
        long news = total - told;
        told = total;
        return news;
    }
}
