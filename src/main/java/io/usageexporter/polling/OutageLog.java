package io.usageexporter.polling;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs the first failure of many, and the success that ends them. Thread-safe. */
public final class OutageLog {
    private static final Logger LOG = System.getLogger(OutageLog.class.getName());

    private final String what;
    private boolean lasting;

    /** @param what does not work, then: "runs of Apify" cannot be read */
    public OutageLog(String what) {
        this.what = what;
    }

    public synchronized void failed(ProviderException e) {
        if (!lasting) {
            lasting = true;
            LOG.log(Level.WARNING, "{0} cannot be read, which is tried again: {1}", what, e.getMessage());
        }
    }

    public synchronized void over() {
        if (lasting) {
            lasting = false;
            LOG.log(Level.INFO, "{0} can be read again", what);
        }
    }
}
