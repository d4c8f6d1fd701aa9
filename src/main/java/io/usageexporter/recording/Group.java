package io.usageexporter.recording;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.recording.Outcome.Conflict;
import io.usageexporter.recording.Outcome.Recorded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The submissions of one commit: numbers what is new, and sorts out what is a repeat of an event in the ledger, or of
 * one that came earlier in the same group.
 */
final class Group {
    private final Ledger ledger;
    private final Instant now;
    private final List<RecordedEvent> added = new ArrayList<>();
    private final Map<String, UsageEvent> ids = new HashMap<>();
    private final IdentityHashMap<Submission, Outcome> outcomes = new IdentityHashMap<>();

    Group(Ledger ledger, Instant now) {
        this.ledger = ledger;
        this.now = now;
    }

    /** Takes a submission in, or leaves it out whole when one of its ids stands for something else. */
    void add(Submission submission) throws LedgerException {
        var fresh = new ArrayList<UsageEvent>();
        var freshIds = new HashMap<String, UsageEvent>();
        var conflicts = new ArrayList<Integer>();
        for (int i = 0; i < submission.events().size(); i++) {
            UsageEvent event = submission.events().get(i);
            String id = event.id();
            UsageEvent known = id == null ? null : known(id, freshIds);
            if (known == null) {
                fresh.add(event);
                if (id != null) {
                    freshIds.put(id, event);
                }
            } else if (!known.equals(event)) {
                conflicts.add(i);
            }
        }
        if (!conflicts.isEmpty()) {
            outcomes.put(submission, new Conflict(conflicts));
            return;
        }
        for (UsageEvent event : fresh) {
            added.add(new RecordedEvent(ledger.lastNumber() + added.size() + 1, event, now, submission.source()));
        }
        ids.putAll(freshIds);
        outcomes.put(submission, new Recorded(fresh.size(), submission.events().size() - fresh.size()));
    }

    private @Nullable UsageEvent known(String id, Map<String, UsageEvent> ofSubmission) throws LedgerException {
        UsageEvent inSubmission = ofSubmission.get(id);
        if (inSubmission != null) {
            return inSubmission;
        }
        UsageEvent inGroup = ids.get(id);
        if (inGroup != null) {
            return inGroup;
        }
        RecordedEvent inLedger = ledger.find(id);
        return inLedger == null ? null : inLedger.event();
    }

    /** The events to be stored. */
    List<RecordedEvent> added() {
        return added;
    }

    /** What to answer a submission once the group is on the disk. */
    Outcome outcome(Submission submission) {
        return Objects.requireNonNull(outcomes.get(submission));
    }
}
