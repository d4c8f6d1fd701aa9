package io.usageexporter.client;

import java.util.concurrent.TimeUnit;

/** The sender's delay before a retry, which other threads can cut short. Thread-safe. */
final class RetryWait {
    private boolean waiting;
    private boolean isRequested;
    private long until;
    private boolean woken;

    /**
     * Waits; called by the sender only.
     *
     * @param requested whether the exporter requested the delay
     */
    synchronized void await(long nanos, boolean requested) throws InterruptedException {
        waiting = true;
        isRequested = requested;
        until = System.nanoTime() + nanos;
        long left = nanos;
        while (waiting && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = until - System.nanoTime();
        }
        waiting = false;
    }

    /**
     * Ends the delay for a caller that waits until the deadline, unless the exporter requested it and it ends before the
     * deadline anyway.
     */
    synchronized void wakeUp(long deadline) {
        woken = true;
        if (waiting && !(isRequested && until - deadline < 0)) {
            waiting = false;
            notifyAll();
        }
    }

    /** Whether {@link #wakeUp} was called since the last call of this method. */
    synchronized boolean takeWoken() {
        boolean was = woken;
        woken = false;
        return was;
    }
}
