package io.usageexporter.bench;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** When posts are due at a fixed rate, and how they were responded to. */
final class Pace {
    private static final int MAX_SECONDS = 3600;

    private final long start = System.nanoTime();
    private final long intervalNanos;
    private final int events;
    private final int[] perSecond = new int[MAX_SECONDS];
    private long posts;
    private long latestNanos;
    private int wholeSeconds;

    /**
     * Begins now.
     *
     * @param events of each post
     */
    Pace(double eventsPerSecond, int events) {
        this.events = events;
        intervalNanos = (long) (TimeUnit.SECONDS.toNanos(1) * events / eventsPerSecond);
    }

    /** For how long nothing is due; 0 if a post is. */
    long nanosToNext() {
        return Math.max(0, start + posts * intervalNanos - System.nanoTime());
    }

    /** The next post is sent; returns when it was due. */
    long take() {
        return start + posts++ * intervalNanos;
    }

    void acknowledged(long due) {
        long now = System.nanoTime();
        latestNanos = Math.max(latestNanos, now - due);
        perSecond[(int) TimeUnit.NANOSECONDS.toSeconds(now - start)] += events;
    }

    /** No further response counts. */
    void end() {
        wholeSeconds = (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    }

    /** The longest time from when a post was due to its response. */
    double latestMillis() {
        return latestNanos / 1e6;
    }

    /** The most whole seconds in a row in which fewer events were acknowledged. */
    int secondsBelow(int rate) {
        int longest = 0;
        int row = 0;
        for (int second = 0; second < wholeSeconds; second++) {
            System.err.printf(Locale.ROOT, "  %,d%n", perSecond[second]);
            row = perSecond[second] < rate ? row + 1 : 0;
            longest = Math.max(longest, row);
        }
        return longest;
    }
}
