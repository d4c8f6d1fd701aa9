package io.usageexporter.recording;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.IdHash;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.recording.Outcome.Conflict;
import io.usageexporter.recording.Outcome.Imported;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.totals.PricingRules;
import io.usageexporter.totals.Repricing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The submissions of one commit. Numbers new events and detects duplicates of events in the ledger or earlier in the
 * group.
 */
final class CommitGroup {
    private static final Duration MAX_CLOCK_DIFFERENCE = Duration.ofSeconds(10);

    private final Ledger ledger;
    private final Instant now;
    private final Fingerprints fingerprints;
    private final PricingRules pricing;
    private final List<RecordedEvent> added = new ArrayList<>();
    private final List<Repricing> repricings = new ArrayList<>();
    private final Map<String, Known> ids = new HashMap<>();
    private final List<Outcome> outcomes = new ArrayList<>();

    /**
     * What is recorded under an id.
     *
     * @param rows the event as first recorded, and its amendments
     * @param usage the sum of their amounts
     */
    private record Known(List<RecordedEvent> rows, Usage usage) {
        RecordedEvent first() {
            return rows.get(0);
        }

        /** Whether it is the same event, as posted or else as exported. */
        boolean isImportedAs(UsageEvent event) {
            return first().isRepeatedBy(event) || first().isExportedAs(event, usage);
        }

        static Known of(List<RecordedEvent> rows) {
            return new Known(
                    rows, rows.stream().map(each -> each.event().usage()).reduce(Usage.of(Map.of()), Usage::plus));
        }

        Known with(RecordedEvent amendment) {
            var all = new ArrayList<>(rows);
            all.add(amendment);
            return new Known(all, usage.plus(amendment.event().usage()));
        }
    }

    /** @param pricing by which events are priced */
    CommitGroup(Ledger ledger, Instant now, Fingerprints fingerprints, PricingRules pricing) {
        this.ledger = ledger;
        this.now = now;
        this.fingerprints = fingerprints;
        this.pricing = pricing;
    }

    /** Adds submissions in order. */
    void addAll(List<Submission> submissions) throws LedgerException {
        if (ledger.isShared()) {
            var wanted = new HashSet<String>();
            for (Submission submission : submissions) {
                submission.events().stream()
                        .map(UsageEvent::id)
                        .filter(Objects::nonNull)
                        .forEach(wanted::add);
            }
            ledger.prefetch(wanted, now);
        }
        for (Submission submission : submissions) {
            add(submission);
        }
    }

    /** Adds a submission, or none of it when one of its ids belongs to a different event. */
    private void add(Submission submission) throws LedgerException {
        var fresh = new ArrayList<RecordedEvent>();
        var freshIds = new HashMap<String, Known>();
        var conflicts = new ArrayList<Integer>();
        boolean skips = submission.policy() == DuplicatePolicy.SKIP;
        var faults = new HashMap<Integer, String>();
        Instant pruned = skips ? ledger.newestPruned() : null;
        if (skips) {
            ledger.findOfAnyAge(submission.events(), now).forEach((id, rows) -> ids.putIfAbsent(id, Known.of(rows)));
        }
        int duplicates = 0;
        int amendments = 0;
        for (int i = 0; i < submission.events().size(); i++) {
            UsageEvent event = submission.policy() == DuplicatePolicy.COMPARE
                    ? distinguish(submission.events().get(i), submission.fingerprint(), freshIds)
                    : submission.events().get(i);
            String id = event.id();
            Known known = id == null ? null : known(id, freshIds);
            long number = ledger.lastNumber() + added.size() + fresh.size() + 1;
            Instant at = event.at();
            if (known == null && pruned != null && at != null && !at.isAfter(pruned)) {
                faults.put(i, Outcome.PRUNED);
            } else if (known == null) {
                Pricing counted = pricing.of(event, event.at() == null ? now : event.at(), event.usage());
                var recorded = new RecordedEvent(number, event, now, submission.source(), 0, counted);
                fresh.add(recorded);
                if (id != null) {
                    freshIds.put(id, new Known(List.of(recorded), event.usage()));
                }
            } else if (skips || submission.policy() == DuplicatePolicy.REJECT) {
                if (skips ? known.isImportedAs(event) : known.first().isRepeatedBy(event)) {
                    duplicates++;
                } else {
                    conflicts.add(i);
                }
            } else {
                Usage excess = event.usage().minusClamped(known.usage());
                boolean same = event.provider().equals(known.first().event().provider());
                if (excess.isEmpty() || !same || ledger.isUndone(known.first().number())) {
                    duplicates++;
                } else {
                    amendments++;
                    RecordedEvent amendment = amendment(number, known, excess, submission);
                    fresh.add(amendment);
                    freshIds.put(known.first().event().id(), known.with(amendment));
                }
            }
        }
        if (!conflicts.isEmpty() && !skips) {
            outcomes.add(new Conflict(conflicts));
            return;
        }
        added.addAll(fresh);
        ids.putAll(freshIds);
        conflicts.forEach(index -> faults.put(index, Outcome.CONFLICT));
        outcomes.add(
                skips
                        ? new Imported(fresh.size(), duplicates, conflicts.size(), faults)
                        : new Recorded(fresh.size() - amendments, duplicates));
    }

    /** The event itself, or the event under a new id where its own belongs to a different response. */
    private UsageEvent distinguish(UsageEvent event, long fingerprint, Map<String, Known> ofSubmission)
            throws LedgerException {
        String id = event.id();
        Known known = id == null ? null : known(id, ofSubmission);
        if (id == null || known == null) {
            fingerprints.put(id, fingerprint);
            return event;
        }
        if (wasPostedDuring(known.first(), event)
                || (isSameResponse(known, event) && fingerprints.match(id, fingerprint))) {
            return event;
        }
        long content = IdHash.of(fingerprint + " " + event.model() + " " + event.usage());
        return event.withId(id + "~" + HexFormat.of().toHexDigits(content));
    }

    private static boolean isSameResponse(Known known, UsageEvent event) {
        String model = known.first().event().model();
        return event.usage().isSameAs(known.usage())
                && (model.equals(event.model())
                        || model.isEmpty()
                        || event.model().isEmpty());
    }

    /** Whether a client posted the first event during the call of this one, allowing for clock differences. */
    private static boolean wasPostedDuring(RecordedEvent first, UsageEvent event) {
        Instant start = event.at();
        return first.source() != Source.GATEWAY
                && start != null
                && !first.at().isBefore(start.minus(MAX_CLOCK_DIFFERENCE));
    }

    /** An amendment counts where and when the first event does, which from now on may count at another price. */
    private RecordedEvent amendment(long number, Known known, Usage excess, Submission submission) {
        RecordedEvent first = known.first();
        UsageEvent event = first.event();
        Pricing before = pricing.of(event, first.at(), known.usage());
        Pricing after = pricing.of(event, first.at(), known.usage().plus(excess));
        if (!after.equals(before)) {
            repricings.add(new Repricing(known.rows(), before, after));
        }
        var amendment = new UsageEvent(
                event.id(),
                event.provider(),
                event.category(),
                event.consumer(),
                event.model(),
                event.pricing(),
                first.at(),
                excess);
        return new RecordedEvent(number, amendment, now, submission.source(), first.number(), after);
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
        return inLedger.isEmpty() ? null : Known.of(inLedger);
    }

    /** The events to store. */
    List<RecordedEvent> added() {
        return added;
    }

    /** Which events count at another price from now on. */
    List<Repricing> repricings() {
        return repricings;
    }

    /** The outcome of each submission, in the order in which they were added, once the group is on disk. */
    List<Outcome> outcomes() {
        return outcomes;
    }
}
