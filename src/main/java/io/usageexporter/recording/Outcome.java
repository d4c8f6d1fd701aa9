package io.usageexporter.recording;

import java.util.List;
import java.util.Map;

/** What became of a submission. */
public sealed interface Outcome {
    /** What is wrong with an imported event that may have been pruned. */
    String PRUNED = "it is older than events that retention has pruned, so it may have been counted already";

    /** What is wrong with an event whose id belongs to another. */
    String CONFLICT = "its id was recorded before with other content";

    /**
     * All of it is on disk.
     *
     * @param recorded events that were new
     * @param duplicates events that were already recorded with the same content
     */
    record Recorded(int recorded, int duplicates) implements Outcome {}

    /**
     * What could be imported is on disk.
     *
     * @param conflicts how many events have an id that is recorded with other content
     * @param faults what is wrong with these and others that were not recorded, by their index from 0
     */
    record Imported(int recorded, int duplicates, int conflicts, Map<Integer, String> faults) implements Outcome {}

    /**
     * None of it was recorded, since some ids are already recorded with other content.
     *
     * @param indexes of those events in the submission, from 0
     */
    record Conflict(List<Integer> indexes) implements Outcome {}

    /**
     * None of it was recorded, or it is not known; the same submission may succeed later.
     *
     * @param message for the sender
     */
    record Unavailable(Cause cause, String message) implements Outcome {}

    /** Why nothing was recorded. */
    enum Cause {
        QUEUE_FULL,
        LEDGER,
        /** It may have been recorded. */
        IN_DOUBT,
        SHUTDOWN
    }
}
