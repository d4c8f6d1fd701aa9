package io.usageexporter.recording;

/** What became of an attempt to undo an event. */
public sealed interface UndoResult {
    /** The ledger has answered. */
    enum Settled implements UndoResult {
        /** The event counts no more. */
        UNDONE,
        /** It had been undone before. */
        UNDONE_BEFORE,
        /** The ledger has no event of this id. */
        UNKNOWN
    }

    /**
     * Nothing was undone; the same attempt may succeed later.
     *
     * @param message for the sender
     */
    record Unavailable(String message) implements UndoResult {}
}
