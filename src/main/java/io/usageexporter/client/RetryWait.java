package io.usageexporter.client;

import java.util.concurrent.TimeUnit;

/** The sender's rest before it tries again. Thread-safe. */
final class RetryWait {
    private boolean resting;
    private boolean asked;
    private long until;
    private boolean hurried;

    /**
     * Rests; to be called by one thread.
     *
     * @param askedFor by the exporter
     */
    synchronized void rest(long nanos, boolean askedFor) throws InterruptedException {
        resting = true;
        asked = askedFor;
        until = System.nanoTime() + nanos;
        long left = nanos;
        while (resting && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = until - System.nanoTime();
        }
        resting = false;
    }

    /**
     * Somebody waits until the deadline, so a rest ends now; but not one that the exporter asked for and that ends
     * before.
     */
    synchronized void hurry(long deadline) {
        hurried = true;
        if (resting && !(asked && until - deadline < 0)) {
            resting = false;
            notifyAll();
        }
    }

    /** Whether somebody came to wait since the last call of this method. */
    synchronized boolean wasHurried() {
        boolean was = hurried;
        hurried = false;
        return was;
    }
}
