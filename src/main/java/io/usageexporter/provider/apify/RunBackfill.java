package io.usageexporter.provider.apify;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.Sleeper;
import io.usageexporter.recording.Recorder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the account's list of runs for those that the ledger does not hold, and hands them to the tracker. Looks
 * at the whole month first and a few times a day, in between at what is new. To be used by one thread.
 */
final class RunBackfill {
    /** Runs that are read in one search; the next one continues with the others. */
    private static final int MAX_READS = 2000;

    private static final Logger LOG = System.getLogger(RunBackfill.class.getName());
    private static final int MAX_PAGES = 200;

    /** The recorder looks them up, and should not be held up for long. */
    private static final int LOOKUP_BATCH = 200;

    /** So that reading many runs leaves the API to others: Apify allows 60 reads a second. */
    private static final Duration MIN_REQUEST_INTERVAL = Duration.ofMillis(20);

    /** What is new may show in the list a while after it began. */
    private static final Duration OVERLAP = Duration.ofHours(2);

    /** A run that was over may have been resurrected, which does not make it new. */
    private static final Duration FULL_SCAN_INTERVAL = Duration.ofHours(6);

    private final RunTracker tracker;
    private final Recorder recorder;
    private final InstantSource clock;
    private final Sleeper sleeper;
    private final int maxReads;
    private @Nullable Instant searched;
    private @Nullable Instant searchedWhole;
    private Instant endedSince = Instant.MAX;
    private int readsLeft;

    /** Searches by the tracker's settings and API. */
    RunBackfill(RunTracker tracker, Recorder recorder, InstantSource clock) {
        this(tracker, recorder, clock, Sleeper.SLEEP, MAX_READS);
    }

    /**
     * Searches the same way.
     *
     * @param sleeper between two reads of runs
     * @param maxReads of runs in one search
     */
    RunBackfill(RunTracker tracker, Recorder recorder, InstantSource clock, Sleeper sleeper, int maxReads) {
        this.tracker = tracker;
        this.recorder = recorder;
        this.clock = clock;
        this.sleeper = sleeper;
        this.maxReads = maxReads;
    }

    /**
     * Searches once.
     *
     * @param monthStart from which on everything is to be found
     */
    void run(Instant monthStart) throws ProviderException, InterruptedException {
        if (!recorder.isWritable()) {
            return; // what it finds could not be recorded
        }
        Instant now = clock.instant();
        Instant oldest = now.minus(UsageEvent.MAX_AGE);
        Instant before = searched;
        Instant wholeBefore = searchedWhole;
        boolean isWhole = before == null || wholeBefore == null || wholeBefore.isBefore(now.minus(FULL_SCAN_INTERVAL));
        Instant from = isWhole || before == null ? monthStart : before.minus(OVERLAP);
        Instant lastLook = isWhole ? wholeBefore : before;
        endedSince = (lastLook == null ? now : lastLook).minus(OVERLAP);
        if (search(from.isBefore(oldest) ? oldest : from)) {
            searched = now;
            searchedWhole = isWhole ? now : wholeBefore;
        }
    }

    /** Returns whether everything was handled. */
    private boolean search(Instant from) throws ProviderException, InterruptedException {
        readsLeft = maxReads;
        int offset = 0;
        for (int page = 0; page < MAX_PAGES; page++) {
            RunPage runs = tracker.api().runs(from, offset, tracker.settings().authorization());
            if (!handle(runs.runs())) {
                return false;
            }
            if (runs.isLast()) {
                return true;
            }
            offset += runs.entries();
        }
        return true; // of so many runs the oldest ones are left alone
    }

    private boolean handle(List<Run> runs) throws ProviderException, InterruptedException {
        for (int from = 0; from < runs.size(); from += LOOKUP_BATCH) {
            List<Run> some = runs.subList(from, Math.min(runs.size(), from + LOOKUP_BATCH));
            Set<String> known;
            try {
                known = recorder.findRecorded(some.stream()
                                .map(run -> RunRecorder.eventId(run.id()))
                                .toList())
                        .get();
            } catch (ExecutionException e) {
                LOG.log(Level.DEBUG, "runs are not looked for while the ledger cannot be read");
                return false;
            }
            for (Run run : some) {
                if (!handle(run, known.contains(RunRecorder.eventId(run.id())))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean handle(Run run, boolean isKnown) throws ProviderException, InterruptedException {
        if (tracker.isTracked(run.id())) {
            return true;
        }
        if (!TrackedRun.hasSettled(run, clock.instant())) {
            return tracker.isFinal(run) || tracker.listed(run);
        }
        boolean endedLately = run.finishedAt() != null && run.finishedAt().isAfter(endedSince);
        if (isKnown && (!endedLately || tracker.isFinal(run))) {
            return true;
        }
        return read(run.id());
    }

    private boolean read(String id) throws ProviderException, InterruptedException {
        if (readsLeft == 0) {
            return false;
        }
        readsLeft--;
        String authorization = tracker.settings().authorization();
        sleeper.sleep(MIN_REQUEST_INTERVAL);
        try {
            tracker.seen(tracker.api().run(id, authorization), Source.POLLER, null, authorization);
        } catch (ProviderException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
        return true;
    }
}
