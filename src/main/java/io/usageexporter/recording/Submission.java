package io.usageexporter.recording;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import java.util.List;
import java.util.function.Consumer;

/**
 * Events to be recorded whole or not at all.
 *
 * @param fingerprint of the call that the events are of, for {@link DuplicatePolicy#COMPARE}; 0 for none
 * @param done called exactly once, by the recorder's thread, or by the submitter's own where nothing was queued; must
 *     not block or throw
 */
record Submission(
        List<UsageEvent> events, Source source, DuplicatePolicy repeats, long fingerprint, Consumer<Outcome> done) {
    /** Whether nobody waits for it to be recorded. */
    boolean mayRest() {
        return repeats != DuplicatePolicy.CONFLICT;
    }
}
