package io.usageexporter.recording;

import io.usageexporter.ledger.LedgerException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Whether the last write to the ledger succeeded. Logs each change. Written by one thread, read by any. */
final class LedgerHealth {
    private static final Logger LOG = System.getLogger(LedgerHealth.class.getName());

    private volatile boolean writable = true;
    private volatile String problem = "";

    boolean isWritable() {
        return writable;
    }

    /** Why the last failed write did, in words. */
    String problem() {
        return problem;
    }

    void writeSucceeded() {
        if (!writable) {
            writable = true;
            LOG.log(Level.INFO, "ledger is writable again");
        }
    }

    /** What a failure is, in words. */
    static String describe(Throwable e) {
        return e instanceof LedgerException ? String.valueOf(e.getMessage()) : "internal error; see the log";
    }

    void writeFailed(Throwable e) {
        problem = describe(e);
        if (writable) {
            writable = false;
            LOG.log(Level.ERROR, "rejecting events: " + e.getMessage(), e instanceof LedgerException ? null : e);
        }
    }
}
