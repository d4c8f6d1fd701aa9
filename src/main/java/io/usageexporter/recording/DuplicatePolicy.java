package io.usageexporter.recording;

/** What to do with an event whose id is already in the ledger with other content. */
enum DuplicatePolicy {
    /** A mistake by the sender: reject the whole submission. */
    REJECT,
    /** As {@link #REJECT}, but only for that event; and what the ledger itself has exported is known. */
    SKIP,
    /**
     * The same usage, observed again: the higher of each amount counts, under the first category, model and instant.
     * Nothing is ever lowered.
     */
    KEEP_MAX,
    /**
     * A response observed by the gateway. It is a duplicate if its amounts and model are the same and, as far as
     * {@link Fingerprints} remember, its request and message; or if a client posted it during the call, in which case
     * the higher of each amount counts. Otherwise it is recorded under an id derived from its content, since providers
     * and proxies give the same id to several responses.
     */
    COMPARE
}
