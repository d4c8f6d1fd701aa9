package io.usageexporter.provider.apify;

import org.jspecify.annotations.Nullable;

/** Takes Apify's runs that pass through the gateway. Called by I/O threads; must not block or throw. */
interface RunListener {
    /** Takes nothing. */
    RunListener NONE = new RunListener() {
        @Override
        public void seen(Run run, @Nullable String category, @Nullable String authorization) {}

        @Override
        public void syncCallEnded(SyncCall call) {}
    };

    /**
     * A run was in a response.
     *
     * @param category that the caller chose; null for that of its actor
     * @param authorization with which the caller may read it; a secret
     */
    void seen(Run run, @Nullable String category, @Nullable String authorization);

    /** A call has ended whose run must be looked up. */
    void syncCallEnded(SyncCall call);
}
