package io.usageexporter.recording;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import java.util.List;
import java.util.function.Consumer;

/**
 * Events to record, all or none.
 *
 * @param fingerprint identifies the call that the events belong to, for {@link DuplicatePolicy#COMPARE}; 0 for none
 * @param done called exactly once, by the recorder's thread, or by the submitter's if nothing was queued; must not
 *     block or throw
 */
record Submission(
        List<UsageEvent> events, Source source, DuplicatePolicy policy, long fingerprint, Consumer<Outcome> done) {
    /** Whether no caller waits for it, so that its commit may be delayed. */
    boolean canLinger() {
        return policy == DuplicatePolicy.KEEP_MAX || policy == DuplicatePolicy.COMPARE;
    }
}
