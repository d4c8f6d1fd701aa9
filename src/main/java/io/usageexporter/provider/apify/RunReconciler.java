package io.usageexporter.provider.apify;

import io.usageexporter.event.PendingRun;
import io.usageexporter.event.Source;
import io.usageexporter.polling.OutageLog;
import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.TaskScheduler;
import io.usageexporter.recording.Recorder;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads runs until their figures are final, and has each figure recorded that is higher than the one before. The ledger
 * remembers which runs are followed, so that they are read to their end after a restart too. Thread-safe; never blocks.
 */
final class RunReconciler {
    private static final Logger LOG = System.getLogger(RunReconciler.class.getName());

    private final Supplier<ApifySettings> settings;
    private final ApifyApi api;
    private final RunRecorder records;
    private final Recorder recorder;
    private final SettledRuns finals;
    private final TaskScheduler agenda;
    private final InstantSource clock;
    private final int maxRuns;
    private final OutageLog outage = new OutageLog("runs of Apify");
    private final OutageLog refusal = new OutageLog("runs of Apify, by the token of poll.token_file,");
    private final Map<String, Following> followed = new HashMap<>();
    private boolean full;

    /** What is to be done about a run. Guarded by the follower. */
    private static final class Following {
        private final FollowedRun run;
        private CompletableFuture<Void> remembered;

        /** A planned read is void when a later one was planned. */
        private long plan;

        /** Figures that were handed on and are not recorded yet. */
        private int beingRecorded;

        private boolean wasReadLast;

        Following(FollowedRun run, CompletableFuture<Void> remembered) {
            this.run = run;
            this.remembered = remembered;
        }
    }

    /** @param maxRuns that may be followed at a time */
    RunReconciler(
            Supplier<ApifySettings> settings,
            ApifyApi api,
            RunRecorder records,
            Recorder recorder,
            SettledRuns finals,
            TaskScheduler agenda,
            InstantSource clock,
            int maxRuns) {
        this.settings = settings;
        this.api = api;
        this.records = records;
        this.recorder = recorder;
        this.finals = finals;
        this.agenda = agenda;
        this.clock = clock;
        this.maxRuns = maxRuns;
    }

    /** Runs that are followed. */
    int size() {
        synchronized (followed) {
            return followed.size();
        }
    }

    boolean isFollowed(String id) {
        synchronized (followed) {
            return followed.containsKey(id);
        }
    }

    /** Goes on with a run that the ledger remembers. */
    void resume(PendingRun run) {
        CompletableFuture<Void> unused =
                follow(run, Source.POLLER, null, null, CompletableFuture.completedFuture(null));
    }

    /**
     * Follows a run, if it is not followed already.
     *
     * @param seen the run as it was seen, whose figures are recorded; null when only its id is known or its figures are
     *     not, so that it is read at once
     * @return completes when the ledger remembers the run; null when too many are followed
     */
    @Nullable
    CompletableFuture<Void> follow(PendingRun run, Source source, @Nullable String authorization, @Nullable Run seen) {
        return follow(run, source, authorization, seen, null);
    }

    private @Nullable CompletableFuture<Void> follow(
            PendingRun run,
            Source source,
            @Nullable String authorization,
            @Nullable Run seen,
            @Nullable CompletableFuture<Void> remembered) {
        Instant now = clock.instant();
        Following following;
        boolean raised;
        synchronized (followed) {
            following = followed.get(run.id());
            boolean isNew = following == null;
            if (following == null) {
                if (isFull()) {
                    return null;
                }
                following = new Following(
                        new FollowedRun(run, source, authorization, now),
                        remembered == null ? recorder.remember(run) : remembered);
                followed.put(run.id(), following);
            } else {
                following.run.join(run.category(), authorization);
                if (following.remembered.isCompletedExceptionally()) {
                    following.remembered = recorder.remember(following.run.pending());
                }
            }
            plan(following, isNew || following.wasReadLast, seen, now);
            raised = hands(following, seen);
        }
        if (raised && seen != null) {
            record(following, seen, authorization);
        }
        return following.remembered;
    }

    /** Plans the first read, or an earlier one than was planned. */
    private void plan(Following following, boolean isFirst, @Nullable Run seen, Instant now) {
        Instant due = seen == null ? null : following.run.passedBy(seen, now);
        if (due == null && isFirst) {
            due = seen == null ? now : now.plus(following.run.nextInterval());
        }
        if (due != null) {
            following.wasReadLast = false;
            schedule(following, due);
        }
    }

    private void schedule(Following following, Instant due) {
        long plan = ++following.plan;
        agenda.at(due, () -> read(following, plan));
    }

    private boolean isFull() {
        boolean now = followed.size() >= maxRuns;
        if (now && !full) {
            LOG.log(Level.WARNING, "{0} runs are followed, and no more; the poller finds the others", maxRuns);
        }
        full = now;
        return now;
    }

    private boolean hands(Following following, @Nullable Run seen) {
        boolean raised = seen != null && following.run.raises(seen);
        following.beingRecorded += raised ? 1 : 0;
        return raised;
    }

    private void record(Following following, Run run, @Nullable String authorization) {
        records.record(run, following.run.source(), following.run.category(), authorization, () -> recorded(following));
    }

    private void recorded(Following following) {
        synchronized (followed) {
            following.beingRecorded--;
            forgetIfDone(following);
        }
    }

    private void read(Following following, long plan) throws InterruptedException {
        String own = settings.get().authorization();
        String credential;
        synchronized (followed) {
            if (following.plan != plan) {
                return;
            }
            credential = following.run.credential(own);
        }
        try {
            Run run = api.run(following.run.id(), credential);
            outage.over();
            if (credential != null && credential.equals(own)) {
                refusal.over();
            }
            wasRead(following, plan, run, credential);
        } catch (ProviderException e) {
            tell(e, credential != null && credential.equals(own));
            couldNotBeRead(following, plan, e, own);
        }
    }

    /** A caller's credential that is refused is the caller's matter. */
    private void tell(ProviderException e, boolean withOwn) {
        if (!e.isRefused() && !e.isNotFound()) {
            outage.failed(e);
        } else if (e.isRefused() && withOwn) {
            refusal.failed(e);
        }
    }

    private void wasRead(Following following, long plan, Run run, @Nullable String credential) {
        boolean raised;
        synchronized (followed) {
            Instant next = following.run.read(run, clock.instant());
            boolean tooOld = records.isTooOld(run);
            raised = !tooOld && hands(following, run);
            boolean isNewlyFinal = next == null && finals.add(run);
            if (tooOld && isNewlyFinal) {
                records.lose(run, following.run.source());
            }
            goOn(following, plan, tooOld ? null : next);
        }
        if (raised) {
            record(following, run, credential);
        }
    }

    private void couldNotBeRead(Following following, long plan, ProviderException e, @Nullable String own) {
        synchronized (followed) {
            Instant next = following.run.failed(e, own, clock.instant());
            if (next == null) {
                LOG.log(Level.INFO, "run {0} is not followed any more: {1}", following.run.id(), e.getMessage());
            }
            goOn(following, plan, next);
        }
    }

    /** Unless somebody saw the run meanwhile and planned another read. */
    private void goOn(Following following, long plan, @Nullable Instant next) {
        if (following.plan != plan) {
            return;
        }
        if (next != null) {
            if (following.remembered.isCompletedExceptionally()) {
                following.remembered = recorder.remember(following.run.pending());
            }
            schedule(following, next);
            return;
        }
        following.wasReadLast = true;
        forgetIfDone(following);
    }

    /** Only when everything is recorded, so that a crash in between loses nothing. */
    private void forgetIfDone(Following following) {
        if (following.wasReadLast && following.beingRecorded == 0 && followed.remove(following.run.id(), following)) {
            CompletableFuture<Void> unused = recorder.forget(following.run.id()); // else it is read once more, later
        }
    }
}
