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
 * Finds runs in the account's list that the ledger lacks and passes them to the tracker. Scans the complete month first and
 * a few times a day, in between only what is new. Not thread-safe.
 */
final class RunBackfill {
    /** Maximum number of runs that one scan reads; the next scan continues with the others. */
    private static final int MAX_READS = 2000;

    private static final Logger LOG = System.getLogger(RunBackfill.class.getName());
    private static final int MAX_PAGES = 200;

    /** Bounds the time that one look-up occupies the recorder. */
    private static final int LOOKUP_BATCH = 200;

    /** Leaves most of Apify's rate limit, 60 reads a second, to other clients. */
    private static final Duration MIN_REQUEST_INTERVAL = Duration.ofMillis(20);

    /** Runs may appear in the list long after they started. */
    private static final Duration OVERLAP = Duration.ofHours(2);

    /** A run that had ended may have been resurrected, which does not make it new. */
    private static final Duration FULL_SCAN_INTERVAL = Duration.ofHours(6);

    private final RunTracker tracker;
    private final Recorder recorder;
    private final InstantSource clock;
    private final Sleeper sleeper;
    private final int maxReads;
    private @Nullable Instant lastScan;
    private @Nullable Instant lastFullScan;
    private Instant endedSince = Instant.MAX;
    private int remainingReads;

    /** Scans with the tracker's settings and API. */
    RunBackfill(RunTracker tracker, Recorder recorder, InstantSource clock) {
        this(tracker, recorder, clock, Sleeper.SLEEP, MAX_READS);
    }

    /**
     * Scans with the tracker's settings and API.
     *
     * @param sleeper waits between reads of runs
     * @param maxReads maximum number of runs that one scan reads
     */
    RunBackfill(RunTracker tracker, Recorder recorder, InstantSource clock, Sleeper sleeper, int maxReads) {
        this.tracker = tracker;
        this.recorder = recorder;
        this.clock = clock;
        this.sleeper = sleeper;
        this.maxReads = maxReads;
    }

    /**
     * Scans once.
     *
     * @param monthStart start of a full scan
     */
    void run(Instant monthStart) throws ProviderException, InterruptedException {
        if (!recorder.isWritable()) {
            return; // could not record anything
        }
        Instant now = clock.instant();
        Instant oldest = now.minus(UsageEvent.MAX_AGE);
        Instant before = lastScan;
        Instant fullBefore = lastFullScan;
        boolean isFull = before == null || fullBefore == null || fullBefore.isBefore(now.minus(FULL_SCAN_INTERVAL));
        Instant from = isFull || before == null ? monthStart : before.minus(OVERLAP);
        Instant previous = isFull ? fullBefore : before;
        endedSince = (previous == null ? now : previous).minus(OVERLAP);
        if (scan(from.isBefore(oldest) ? oldest : from)) {
            lastScan = now;
            lastFullScan = isFull ? now : fullBefore;
        }
    }

    /** Returns whether everything was handled. */
    private boolean scan(Instant from) throws ProviderException, InterruptedException {
        remainingReads = maxReads;
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
        return true; // ignores the oldest of so many runs
    }

    private boolean handle(List<Run> runs) throws ProviderException, InterruptedException {
        for (int from = 0; from < runs.size(); from += LOOKUP_BATCH) {
            List<Run> some = runs.subList(from, Math.min(runs.size(), from + LOOKUP_BATCH));
            Set<String> recorded;
            try {
                recorded = recorder.findRecorded(some.stream()
                                .map(run -> RunRecorder.eventId(run.id()))
                                .toList())
                        .get();
            } catch (ExecutionException e) {
                LOG.log(Level.DEBUG, "stopped scanning runs: the ledger cannot be read");
                return false;
            }
            for (Run run : some) {
                if (!handle(run, recorded.contains(RunRecorder.eventId(run.id())))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean handle(Run run, boolean isRecorded) throws ProviderException, InterruptedException {
        if (tracker.isTracked(run.id())) {
            return true;
        }
        if (!TrackedRun.hasSettled(run, clock.instant())) {
            return tracker.isFinal(run) || tracker.listed(run);
        }
        boolean endedRecently = run.finishedAt() != null && run.finishedAt().isAfter(endedSince);
        if (isRecorded && (!endedRecently || tracker.isFinal(run))) {
            return true;
        }
        return read(run.id());
    }

    private boolean read(String id) throws ProviderException, InterruptedException {
        if (remainingReads == 0) {
            return false;
        }
        remainingReads--;
        String authorization = tracker.settings().authorization();
        sleeper.sleep(MIN_REQUEST_INTERVAL);
        try {
            tracker.observed(tracker.api().run(id, authorization), Source.POLLER, RunAttribution.NONE, authorization);
        } catch (ProviderException e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
        return true;
    }
}
