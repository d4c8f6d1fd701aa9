package io.usageexporter.recording;

/** What an event means whose id is in the ledger already, with other content. */
enum DuplicatePolicy {
    /** A mistake: its whole submission is refused. */
    CONFLICT,
    /**
     * The same use, seen again: of each amount the higher one counts, under the category, model and instant that came
     * first. Nothing is ever lowered.
     */
    RAISE,
    /**
     * An answer that the gateway saw. It is the same use only if its amounts and model are the same and, as far as
     * {@link Fingerprints} remember, its request and message; or if a client posted it while the call lasted, where of
     * each amount the higher one counts. Any other is a use of its own, under an id made of its own content: providers
     * and proxies give the same id to several answers.
     */
    COMPARE
}
