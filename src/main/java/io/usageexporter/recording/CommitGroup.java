package io.usageexporter.recording;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.recording.Outcome.Conflict;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.totals.Totals;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The submissions of one commit: numbers what is new, and sorts out what is a repeat of an event in the ledger, or of
 * one that came earlier in the same group.
 */
final class CommitGroup {
    private static final Duration CLOCKS_DIFFER_BY = Duration.ofSeconds(10);

    private final Ledger ledger;
    private final Instant now;
    private final Fingerprints fingerprints;
    private final List<RecordedEvent> added = new ArrayList<>();
    private final Map<String, Known> ids = new HashMap<>();
    private final IdentityHashMap<Submission, Outcome> outcomes = new IdentityHashMap<>();

    /**
     * What is known under an id.
     *
     * @param first the event as it came first
     * @param usage its amounts, together with those that raised them
     */
    private record Known(RecordedEvent first, Usage usage) {}

    CommitGroup(Ledger ledger, Instant now, Fingerprints fingerprints) {
        this.ledger = ledger;
        this.now = now;
        this.fingerprints = fingerprints;
    }

    /** Takes a submission in, or leaves it out whole when one of its ids stands for something else. */
    void add(Submission submission) throws LedgerException {
        var fresh = new ArrayList<RecordedEvent>();
        var freshIds = new HashMap<String, Known>();
        var conflicts = new ArrayList<Integer>();
        int duplicates = 0;
        int raises = 0;
        for (int i = 0; i < submission.events().size(); i++) {
            UsageEvent event = submission.repeats() == DuplicatePolicy.COMPARE
                    ? toldApart(submission.events().get(i), submission.fingerprint(), freshIds)
                    : submission.events().get(i);
            String id = event.id();
            Known known = id == null ? null : known(id, freshIds);
            long number = ledger.lastNumber() + added.size() + fresh.size() + 1;
            if (known == null) {
                var recorded = new RecordedEvent(number, event, now, submission.source());
                fresh.add(recorded);
                if (id != null) {
                    freshIds.put(id, new Known(recorded, event.usage()));
                }
            } else if (submission.repeats() == DuplicatePolicy.CONFLICT) {
                if (known.first().event().equals(event)) {
                    duplicates++;
                } else {
                    conflicts.add(i);
                }
            } else {
                Usage excess = event.usage().above(known.usage());
                boolean same = event.provider().equals(known.first().event().provider());
                if (excess.isEmpty() || !same) {
                    duplicates++;
                } else {
                    raises++;
                    fresh.add(raise(number, known.first(), excess, submission));
                    freshIds.put(
                            known.first().event().id(),
                            new Known(known.first(), known.usage().plus(excess)));
                }
            }
        }
        if (!conflicts.isEmpty()) {
            outcomes.put(submission, new Conflict(conflicts));
            return;
        }
        added.addAll(fresh);
        ids.putAll(freshIds);
        outcomes.put(submission, new Recorded(fresh.size() - raises, duplicates));
    }

    /** The event itself, or under an id of its own where the one that it has stands for another use. */
    private UsageEvent toldApart(UsageEvent event, long fingerprint, Map<String, Known> ofSubmission)
            throws LedgerException {
        String id = event.id();
        Known known = id == null ? null : known(id, ofSubmission);
        if (id == null || known == null) {
            fingerprints.put(id, fingerprint);
            return event;
        }
        if (isPostedDuring(known.first(), event) || (isAlike(known, event) && fingerprints.match(id, fingerprint))) {
            return event;
        }
        long content = Fingerprints.of(fingerprint + " " + event.model() + " " + event.usage());
        return event.withId(id + "~" + HexFormat.of().toHexDigits(content));
    }

    private static boolean isAlike(Known known, UsageEvent event) {
        String model = known.first().event().model();
        return event.usage().equals(known.usage())
                && (model.equals(event.model())
                        || model.isEmpty()
                        || event.model().isEmpty());
    }

    /** Whether a client posted the first event while the call of this one was under way, give or take its clock. */
    private static boolean isPostedDuring(RecordedEvent first, UsageEvent event) {
        Instant start = event.at();
        return first.source() != Source.GATEWAY && start != null && !first.at().isBefore(start.minus(CLOCKS_DIFFER_BY));
    }

    /** Counts where and when the first one does. */
    private RecordedEvent raise(long number, RecordedEvent first, Usage excess, Submission submission) {
        UsageEvent event = first.event();
        var rest = new UsageEvent(event.id(), event.provider(), event.category(), event.model(), first.at(), excess);
        return new RecordedEvent(number, rest, now, submission.source(), first.number());
    }

    private @Nullable Known known(String id, Map<String, Known> ofSubmission) throws LedgerException {
        Known inSubmission = ofSubmission.get(id);
        if (inSubmission != null) {
            return inSubmission;
        }
        Known inGroup = ids.get(id);
        if (inGroup != null) {
            return inGroup;
        }
        List<RecordedEvent> inLedger = ledger.find(id);
        if (inLedger.isEmpty()) {
            return null;
        }
        Usage usage = inLedger.stream().map(each -> each.event().usage()).reduce(Usage.of(Map.of()), Usage::plus);
        return new Known(inLedger.get(0), usage);
    }

    /** The first day that must be in memory for all of it to be counted, and this one. */
    LocalDate firstDayNeeded(LocalDate kept) {
        Instant oldest = now;
        for (RecordedEvent event : added) {
            oldest = event.at().isBefore(oldest) ? event.at() : oldest;
        }
        LocalDate needed = Totals.firstDayNeeded(oldest);
        return needed.isBefore(kept) ? needed : kept;
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
