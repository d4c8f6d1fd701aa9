package io.usageexporter.recording;

import java.util.List;

/** What became of a submission. */
public sealed interface Outcome {
    /**
     * All of it is on the disk.
     *
     * @param recorded events that were new
     * @param duplicates events that were there already, with the same content
     */
    record Recorded(int recorded, int duplicates) implements Outcome {}

    /**
     * None of it was recorded, since ids came again with other content.
     *
     * @param indexes of those events in the submission, from 0
     */
    record Conflict(List<Integer> indexes) implements Outcome {}

    /**
     * None of it was recorded; the same submission may succeed later.
     *
     * @param reason for the sender
     */
    record Unavailable(Reason why, String reason) implements Outcome {}

    /** What stood in the way. */
    enum Reason {
        QUEUE_FULL,
        LEDGER,
        SHUTDOWN
    }
}
