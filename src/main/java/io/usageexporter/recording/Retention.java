package io.usageexporter.recording;

import io.usageexporter.ledger.LedgerException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Prunes old events while the exporter runs, in steps between which recording goes on. */
public final class Retention implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Retention.class.getName());
    private static final long BETWEEN_STEPS_MS = 30;
    private static final long BETWEEN_CHECKS_MS = 60_000;
    private static final long UNTIL_IN_CHARGE_MS = 1000;

    private final Recorder recorder;
    private final BooleanSupplier isInCharge;
    private final Supplier<@Nullable Duration> kept;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "retention");

    /**
     * Starts pruning.
     *
     * @param isInCharge whether this exporter prunes, of those that share the ledger
     * @param kept how long events are kept at the moment; null for ever
     */
    public Retention(Recorder recorder, BooleanSupplier isInCharge, Supplier<@Nullable Duration> kept) {
        this.recorder = recorder;
        this.isInCharge = isInCharge;
        this.kept = kept;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            long wait = 0;
            while (!closed.await(wait, TimeUnit.MILLISECONDS)) {
                if (isInCharge.getAsBoolean()) {
                    wait = prune() ? BETWEEN_STEPS_MS : BETWEEN_CHECKS_MS;
                } else {
                    wait = UNTIL_IN_CHARGE_MS;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether there may be more to prune. */
    private boolean prune() throws InterruptedException {
        Duration duration = kept.get();
        try {
            return duration != null && recorder.prune(duration);
        } catch (LedgerException e) {
            LOG.log(Level.WARNING, "no events are pruned for now: {0}", e.getMessage());
            return false;
        }
    }

    /** Ends after the current step. To be called before the recorder is closed. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
