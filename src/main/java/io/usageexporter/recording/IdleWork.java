package io.usageexporter.recording;

import io.usageexporter.ledger.LedgerException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the recorder's thread does when it is due and there is nothing to record: it follows a shared ledger, and probes any.
 * Not thread-safe.
 */
final class IdleWork {
    /** How late the commits of other exporters may show, but for their way to the server and back. */
    private static final Duration FOLLOWED_EVERY = Duration.ofMillis(200);

    /** So often, so that failures show before the next event. */
    private static final Duration PROBED_EVERY = Duration.ofSeconds(15);

    private final boolean isShared;
    private final Step follow;
    private final Step probe;
    private final LongSupplier nanos;
    private long followAt;
    private long probeAt;

    /** Something that may fail, which it reports by itself. */
    interface Step {
        void run() throws LedgerException;
    }

    /** @param nanos the time that passes, such as {@link System#nanoTime} */
    IdleWork(boolean isShared, Step follow, Step probe, LongSupplier nanos) {
        this.isShared = isShared;
        this.follow = follow;
        this.probe = probe;
        this.nanos = nanos;
        followAt = nanos.getAsLong();
        probeAt = nanos.getAsLong() + PROBED_EVERY.toNanos();
    }

    /** How long to wait for something to record. */
    Duration patience() {
        return isShared ? FOLLOWED_EVERY : PROBED_EVERY;
    }

    /** Does what is due. */
    void run() {
        try {
            if (isShared && nanos.getAsLong() - followAt >= 0) {
                followAt = nanos.getAsLong() + FOLLOWED_EVERY.toNanos();
                follow.run();
            }
            if (nanos.getAsLong() - probeAt >= 0) {
                probeAt = nanos.getAsLong() + PROBED_EVERY.toNanos();
                probe.run();
            }
        } catch (LedgerException | RuntimeException e) {
            probeAt = nanos.getAsLong(); // already reported; once the ledger is back, that shows at once
        }
    }
}
