package io.usageexporter.recording;

/** What an event means whose id is in the ledger already, with other content. */
enum Repeats {
    /** A mistake: its whole submission is refused. */
    CONFLICT,
    /**
     * The same use, seen again: of each amount the higher one counts, under the category, model and instant that came
     * first. Nothing is ever lowered.
     */
    RAISE
}
