package io.usageexporter.poller;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs the first failure of many, and the success that ends them. Thread-safe. */
final class Outage {
    private static final Logger LOG = System.getLogger(Outage.class.getName());

    private final String what;
    private boolean lasting;

    /** @param what does not work, then: "runs of Apify" cannot be read */
    Outage(String what) {
        this.what = what;
    }

    synchronized void failed(ProviderException e) {
        if (!lasting) {
            lasting = true;
            LOG.log(Level.WARNING, "{0} cannot be read, which is tried again: {1}", what, e.getMessage());
        }
    }

    synchronized void over() {
        if (lasting) {
            lasting = false;
            LOG.log(Level.INFO, "{0} can be read again", what);
        }
    }
}
