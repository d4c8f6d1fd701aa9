package io.usageexporter.recording;

/** What became of an attempt to undo an event. */
public enum UndoResult {
    /** The event counts no more. */
    UNDONE,
    /** It had been undone before. */
    UNDONE_BEFORE,
    /** The ledger has no event of this id. */
    UNKNOWN
}
