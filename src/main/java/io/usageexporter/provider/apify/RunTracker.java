package io.usageexporter.provider.apify;

import io.usageexporter.event.PendingRun;
import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.polling.TaskScheduler;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RetryQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes usage events of Apify's runs, whoever saw them: gateway, webhook or poller. What a run has used so far is
 * recorded at once under the run's id, and the run is followed until its figures are final, each of which raises what was
 * recorded. Thread-safe; nothing but {@link #close} blocks.
 */
public final class RunTracker implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RunTracker.class.getName());
    private static final int THREADS = 4;
    private static final int MAX_RUNS = 10_000;

    private final InstantSource clock;
    private final ApifyApi api;
    private final TaskScheduler agenda;
    private final RunRecorder records;
    private final RunReconciler follower;
    private final SyncRunResolver syncRuns;
    private final SettledRuns finals = new SettledRuns();
    private volatile ApifySettings settings;

    private RunTracker(
            ApifySettings settings,
            ProviderHttpClient provider,
            Recorder recorder,
            RetryQueue backlog,
            InstantSource clock,
            int maxRuns) {
        this.settings = settings;
        this.clock = clock;
        this.api = new ApifyApi(provider);
        this.agenda = new TaskScheduler("runs", THREADS, clock);
        this.records =
                new RunRecorder(this::settings, new ActorCategories(api, clock), recorder, backlog, agenda, clock);
        this.follower = new RunReconciler(this::settings, api, records, recorder, finals, agenda, clock, maxRuns);
        this.syncRuns = new SyncRunResolver(api, agenda, clock, this::found);
    }

    /**
     * Starts tracking, and goes on with the runs that were followed before a restart.
     *
     * @param provider Apify's API; stays the caller's, and is to be closed after the tracker
     * @param backlog takes the events
     */
    public static RunTracker start(
            ApifySettings settings,
            ProviderHttpClient provider,
            Recorder recorder,
            RetryQueue backlog,
            InstantSource clock) {
        return start(settings, provider, recorder, backlog, clock, MAX_RUNS);
    }

    static RunTracker start(
            ApifySettings settings,
            ProviderHttpClient provider,
            Recorder recorder,
            RetryQueue backlog,
            InstantSource clock,
            int maxRuns) {
        var tracker = new RunTracker(settings, provider, recorder, backlog, clock, maxRuns);
        CompletableFuture<Void> unused = recorder.pendingRuns().handle((runs, trouble) -> {
            if (trouble == null) {
                runs.forEach(tracker.follower::resume);
            } else {
                LOG.log(Level.WARNING, "the runs that were followed cannot be read from the ledger");
            }
            return null;
        });
        return tracker;
    }

    /** Goes on by other settings. */
    public void configure(ApifySettings next) {
        settings = next;
    }

    ApifySettings settings() {
        return settings;
    }

    ApifyApi api() {
        return api;
    }

    /** Runs whose last figures are still to be recorded, and calls whose runs are still to be found. */
    public int underWay() {
        return follower.size() + syncRuns.size();
    }

    boolean isFollowed(String runId) {
        return follower.isFollowed(runId);
    }

    /**
     * Takes a run as the provider showed it.
     *
     * @param category that the caller chose; null for that of its actor
     * @param authorization the value of a header by which the run may be read, kept only as long as it is followed and
     *     only in memory; null for none
     */
    public void seen(Run run, Source source, @Nullable String category, @Nullable String authorization) {
        if (records.isTooOld(run)) {
            loseOnce(run, source);
            return;
        }
        boolean isFinal = FollowedRun.hasSettled(run, clock.instant())
                && records.knowsCategory(run, category)
                && !follower.isFollowed(run.id());
        boolean isFollowed =
                !isFinal && follower.follow(new PendingRun(run.id(), category), source, authorization, run) != null;
        if (isFollowed || !RunRecorder.counts(run)) {
            return;
        }
        boolean isNew = !isFinal || finals.add(run);
        if (isNew || source != Source.GATEWAY) { // an application may look at the same run time and again
            records.record(run, source, category, authorization, () -> {});
        }
    }

    private void loseOnce(Run run, Source source) {
        if (finals.add(run)) {
            records.lose(run, source);
        }
    }

    /**
     * Takes a run that was announced.
     *
     * @param run as it was when it was announced, perhaps long ago; null when only its id was told
     * @param done called once, by any thread, with whether the ledger holds that the run is to be followed, after which
     *     it is recorded whatever happens; must not block
     */
    public void announced(String runId, @Nullable Run run, Source source, Consumer<Boolean> done) {
        if (run != null && records.isTooOld(run)) {
            loseOnce(run, source);
            done.accept(true); // to be sent again would be of no use
            return;
        }
        CompletableFuture<Void> remembered = follower.follow(new PendingRun(runId, null), source, null, run);
        if (remembered == null) {
            done.accept(false);
            return;
        }
        CompletableFuture<Void> unused = remembered.handle((nothing, trouble) -> {
            done.accept(trouble == null);
            return null;
        });
    }

    /**
     * A call has ended that started a run and was not answered with it.
     *
     * @param actor or task, as {@link io.usageexporter.provider.apify.ApifyCall#actor} tells it
     * @param startedAt when the call came
     */
    public void syncEnded(
            String actor,
            boolean isTask,
            Instant startedAt,
            @Nullable String category,
            @Nullable String authorization) {
        String credential = authorization == null ? settings.authorization() : authorization;
        syncRuns.lookFor(new SyncRunResolver.Call(
                actor, isTask, startedAt, clock.instant(), category, authorization, credential));
    }

    private void found(Run run, @Nullable String category, @Nullable String authorization) {
        CompletableFuture<Void> unused =
                follower.follow(new PendingRun(run.id(), category), Source.GATEWAY, authorization, null);
    }

    /** Follows a run of a list, which does not tell its figures; false when too many are followed. */
    boolean listed(Run run) {
        return follower.follow(new PendingRun(run.id(), null), Source.POLLER, null, null) != null;
    }

    /** Whether the figures of a run in a list were read when they were final. */
    boolean isFinal(Run run) {
        return finals.contains(run);
    }

    /** Ends following; the ledger remembers which runs are to be followed on. The recorder must still be there. */
    @Override
    public void close() {
        agenda.close();
    }
}
