package io.usageexporter.provider.apify;

import io.usageexporter.event.Source;
import io.usageexporter.polling.OutageLog;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.TaskScheduler;
import io.usageexporter.recording.StateStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads runs until their figures are final, and records each figure that is higher than the one before. The tracked runs are
 * stored in the ledger, so that tracking continues after a restart. Executes what {@link TrackedRun} decides. Thread-safe;
 * never blocks.
 */
final class RunReconciler {
    private static final Logger LOG = System.getLogger(RunReconciler.class.getName());

    private final Supplier<ApifySettings> settings;
    private final ApifyApi api;
    private final RunRecorder recorder;
    private final StateStore state;
    private final BooleanSupplier isInCharge;
    private final SettledRuns settled;
    private final TaskScheduler scheduler;
    private final InstantSource clock;
    private final int maxRuns;
    private final OutageLog outage = new OutageLog("Apify runs");
    private final OutageLog refusal = new OutageLog("Apify runs with the token in poll.token_file");
    private final Map<String, TrackedRun> tracked = new HashMap<>();

    /** Runs that were forgotten since {@link #beginResuming}, whose stored state may have been read before. */
    private final Set<String> forgotten = new HashSet<>();

    private boolean full;

    /**
     * Tracks no run yet.
     *
     * @param isInCharge whether this exporter reads the runs that any of those that share the ledger has stored
     * @param maxRuns maximum number of tracked runs
     */
    RunReconciler(
            Supplier<ApifySettings> settings,
            ApifyApi api,
            RunRecorder recorder,
            StateStore state,
            BooleanSupplier isInCharge,
            SettledRuns settled,
            TaskScheduler scheduler,
            InstantSource clock,
            int maxRuns) {
        this.settings = settings;
        this.api = api;
        this.recorder = recorder;
        this.state = state;
        this.isInCharge = isInCharge;
        this.settled = settled;
        this.scheduler = scheduler;
        this.clock = clock;
        this.maxRuns = maxRuns;
    }

    /** The number of tracked runs. */
    int size() {
        synchronized (tracked) {
            return tracked.size();
        }
    }

    boolean isTracked(String id) {
        synchronized (tracked) {
            return tracked.containsKey(id);
        }
    }

    /** Must be called before the stored runs are read; returns those that another exporter reads and that are stored. */
    Set<String> beginResuming() {
        synchronized (tracked) {
            forgotten.clear();
            return tracked.values().stream()
                    .filter(run -> run.isLeft() && run.stored().isDone())
                    .map(TrackedRun::id)
                    .collect(Collectors.toSet());
        }
    }

    /**
     * Continues with stored runs, and forgets those that are no longer stored, since another exporter has read their final
     * figures.
     *
     * @param before from {@link #beginResuming}
     */
    void resume(Map<String, RunAttribution> stored, Set<String> before) {
        stored.forEach((id, attribution) -> resume(new PendingRun(id, attribution)));
        synchronized (tracked) {
            for (TrackedRun run : List.copyOf(tracked.values())) {
                if (!run.isLeft()) {
                    continue;
                }
                boolean wasObserved = run.takeObserved();
                boolean isGone = before.contains(run.id()) && !stored.containsKey(run.id());
                if (isGone && !wasObserved) {
                    tracked.remove(run.id());
                    continue;
                }
                if (isGone) {
                    storeAgain(run); // it may have changed after it was read for the last time
                }
                if (isFollowed(run)) {
                    schedule(run, clock.instant());
                }
            }
        }
    }

    private void resume(PendingRun stored) {
        synchronized (tracked) {
            TrackedRun run = tracked.get(stored.id());
            if (run != null) {
                run.merge(stored.attribution(), null);
            }
            if (run != null || forgotten.contains(stored.id())) {
                return;
            }
        }
        CompletableFuture<Void> unused =
                track(stored, Source.POLLER, null, null, CompletableFuture.completedFuture(null));
        synchronized (tracked) {
            TrackedRun run = tracked.get(stored.id());
            if (run != null) {
                run.takeObserved(); // since it was not observed here
            }
        }
    }

    /** Whether this exporter reads a run: it is in charge of all, or has a credential for it that no other one has. */
    private boolean isFollowed(TrackedRun run) {
        return isInCharge.getAsBoolean()
                || run.hasCallersCredential(settings.get().authorization());
    }

    /**
     * Tracks a run.
     *
     * @param observed the run with its figures, which are recorded; null if they are unknown, so that it is read at once
     * @return completes when the run is stored in the ledger; null if too many runs are tracked
     */
    @Nullable
    CompletableFuture<Void> track(
            PendingRun run, Source source, @Nullable String authorization, @Nullable Run observed) {
        return track(run, source, authorization, observed, null);
    }

    private @Nullable CompletableFuture<Void> track(
            PendingRun pending,
            Source source,
            @Nullable String authorization,
            @Nullable Run observed,
            @Nullable CompletableFuture<Void> stored) {
        Instant now = clock.instant();
        TrackedRun run;
        boolean advanced;
        synchronized (tracked) {
            run = tracked.get(pending.id());
            boolean isNew = run == null;
            if (run == null) {
                if (isFull()) {
                    return null;
                }
                run = new TrackedRun(pending, source, authorization, now);
                run.setStored(stored == null ? store(run) : stored);
                tracked.put(pending.id(), run);
            } else {
                if (run.merge(pending.attribution(), authorization)) {
                    storeAgain(run);
                } else {
                    retryStoring(run);
                }
            }
            Instant due = run.onObserved(observed, isNew, now);
            if (due != null) {
                schedule(run, due);
            }
            advanced = observed != null && run.advance(observed);
        }
        if (advanced && observed != null) {
            record(run, observed, authorization);
        }
        return run.stored();
    }

    private CompletableFuture<Void> store(TrackedRun run) {
        return state.putIfAbsent(run.id(), run.attribution().state());
    }

    private void storeAgain(TrackedRun run) {
        run.setStored(state.put(run.id(), run.attribution().state()));
    }

    private void retryStoring(TrackedRun run) {
        if (run.stored().isCompletedExceptionally()) {
            storeAgain(run);
        }
    }

    private void schedule(TrackedRun run, Instant due) {
        int number = run.nextSchedule();
        scheduler.at(due, () -> read(run, number));
    }

    private boolean isFull() {
        boolean now = tracked.size() >= maxRuns;
        if (now && !full) {
            LOG.log(Level.WARNING, "limit of {0} tracked runs reached; the poller will pick up the others", maxRuns);
        }
        full = now;
        return now;
    }

    private void record(TrackedRun run, Run figures, @Nullable String authorization) {
        recorder.record(figures, run.source(), run.attribution(), authorization, () -> {
            synchronized (tracked) {
                run.onRecorded();
                forgetIfDone(run);
            }
        });
    }

    private void read(TrackedRun run, int schedule) throws InterruptedException {
        String own = settings.get().authorization();
        String credential;
        synchronized (tracked) {
            if (!run.isScheduled(schedule)) {
                return;
            }
            if (!isFollowed(run)) {
                run.leave();
                return;
            }
            credential = run.credential(own);
        }
        boolean isOwn = credential != null && credential.equals(own);
        try {
            Run figures = api.run(run.id(), credential);
            outage.recovered();
            if (isOwn) {
                refusal.recovered();
            }
            onRead(run, schedule, figures, credential);
        } catch (ProviderException e) {
            log(e, isOwn);
            onReadFailure(run, schedule, e, own);
        }
    }

    /** Ignores a refused credential of a caller, which concerns only that caller. */
    private void log(ProviderException e, boolean isOwn) {
        if (!e.isRefused() && !e.isNotFound()) {
            outage.failed(e);
        } else if (e.isRefused() && isOwn) {
            refusal.failed(e);
        }
    }

    private void onRead(TrackedRun run, int schedule, Run figures, @Nullable String credential) {
        boolean advanced;
        synchronized (tracked) {
            Instant next = run.onRead(figures, clock.instant());
            boolean tooOld = recorder.isTooOld(figures);
            advanced = !tooOld && run.advance(figures);
            boolean isNewlyFinal = next == null && settled.add(figures);
            if (tooOld && isNewlyFinal) {
                recorder.drop(figures, run.source());
            }
            reschedule(run, schedule, tooOld ? null : next);
        }
        if (advanced) {
            record(run, figures, credential);
        }
    }

    private void onReadFailure(TrackedRun run, int schedule, ProviderException e, @Nullable String own) {
        synchronized (tracked) {
            Instant next = run.onReadFailure(e, own, clock.instant());
            if (next == null) {
                LOG.log(Level.INFO, "no longer tracking run {0}: {1}", run.id(), e.getMessage());
            }
            reschedule(run, schedule, next);
        }
    }

    /** Does nothing if the run was observed in the meantime, which scheduled another read. */
    private void reschedule(TrackedRun run, int schedule, @Nullable Instant next) {
        if (!run.isScheduled(schedule)) {
            return;
        }
        if (next != null) {
            retryStoring(run);
            schedule(run, next);
            return;
        }
        run.onLastRead();
        forgetIfDone(run);
    }

    /** Waits until everything is recorded, so that a crash in between loses nothing. */
    private void forgetIfDone(TrackedRun run) {
        if (run.isDone() && tracked.remove(run.id(), run)) {
            if (state.isShared()) {
                forgotten.add(run.id());
            }
            CompletableFuture<Void> unused =
                    state.remove(run.id()); // if this fails, the run is read again after a restart
        }
    }
}
