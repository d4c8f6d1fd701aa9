package io.usageexporter.access;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A token bucket, which holds a number of requests and gets one more in each interval. Kept as the instant at which it will
 * be full again. Thread-safe, without locks.
 */
public final class RateLimiter {
    /** So that no product of the two overflows. */
    static final Duration MAX_INTERVAL = Duration.ofHours(1);

    static final int MAX_BURST = 1_000_000;

    private final long interval;
    private final long tolerance;
    private final LongSupplier nanoTime;
    private final AtomicLong fullAt;

    RateLimiter(Duration interval, int burst, LongSupplier nanoTime) {
        this.interval = interval.toNanos();
        tolerance = this.interval * (burst - 1L);
        this.nanoTime = nanoTime;
        fullAt = new AtomicLong(nanoTime.getAsLong());
    }

    /** Takes a request out of the bucket. False if it is empty. */
    public boolean admits() {
        while (true) {
            long now = nanoTime.getAsLong();
            long before = fullAt.get();
            long missing = Math.max(before - now, 0);
            if (missing > tolerance) {
                return false;
            }
            if (fullAt.compareAndSet(before, now + missing + interval)) {
                return true;
            }
        }
    }

    /** After how many seconds there is room for a request again, at least one. */
    public long retryAfterSeconds() {
        return Math.max(1, Duration.ofNanos(interval).plusNanos(999_999_999).toSeconds());
    }
}
