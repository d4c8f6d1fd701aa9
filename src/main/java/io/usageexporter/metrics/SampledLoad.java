package io.usageexporter.metrics;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * A load that is measured since it was last read, and so is read once a second at most: shortly after another reading it
 * says nothing. Thread-safe.
 */
final class SampledLoad implements DoubleSupplier {
    private static final long INTERVAL_NANOS = 1_000_000_000;

    private final DoubleSupplier load;
    private final LongSupplier nanoTime;
    private double last;
    private long readAt;

    SampledLoad(DoubleSupplier load, LongSupplier nanoTime) {
        this.load = load;
        this.nanoTime = nanoTime;
        readAt = nanoTime.getAsLong() - INTERVAL_NANOS;
    }

    @Override
    public synchronized double getAsDouble() {
        long now = nanoTime.getAsLong();
        if (now - readAt >= INTERVAL_NANOS) {
            readAt = now;
            last = load.getAsDouble();
        }
        return last;
    }
}
