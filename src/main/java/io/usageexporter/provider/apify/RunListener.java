package io.usageexporter.provider.apify;

import org.jspecify.annotations.Nullable;

/** Receives the runs that pass through the gateway. Called by I/O threads; must not block or throw. */
interface RunListener {
    /** Ignores them. */
    RunListener NONE = new RunListener() {
        @Override
        public void onRun(Run run, RunAttribution attribution, @Nullable String authorization) {}

        @Override
        public void onSyncCallEnded(SyncCall call) {}
    };

    /**
     * A run was in a response.
     *
     * @param authorization the caller's credential for reading the run; a secret
     */
    void onRun(Run run, RunAttribution attribution, @Nullable String authorization);

    /** A call has ended and its run must be looked up. */
    void onSyncCallEnded(SyncCall call);
}
