package io.usageexporter.polling;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs the first failure of an outage, and the recovery. Thread-safe. */
public final class OutageLog {
    private static final Logger LOG = System.getLogger(OutageLog.class.getName());

    private final String what;
    private boolean failing;

    /** @param what is read, such as "Apify runs" */
    public OutageLog(String what) {
        this.what = what;
    }

    public synchronized void failed(ProviderException e) {
        if (!failing) {
            failing = true;
            LOG.log(Level.WARNING, "reading {0} failed, will retry: {1}", what, e.getMessage());
        }
    }

    public synchronized void recovered() {
        if (failing) {
            failing = false;
            LOG.log(Level.INFO, "reading {0} succeeds again", what);
        }
    }
}
