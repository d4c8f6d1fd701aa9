package io.usageexporter.provider.apify;

import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.polling.TaskScheduler;
import io.usageexporter.provider.ServiceContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes usage events of Apify's runs, whoever saw them: gateway, webhook or poller. What a run has used so far is
 * recorded at once under the run's id, and the run is followed until its figures are final, each of which raises what was
 * recorded. Thread-safe; nothing but {@link #close} blocks.
 */
final class RunTracker implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RunTracker.class.getName());
    private static final int THREADS = 4;
    private static final int MAX_RUNS = 10_000;

    private final InstantSource clock;
    private final ApifyApi api;
    private final TaskScheduler scheduler;
    private final RunRecorder recorder;
    private final RunReconciler reconciler;
    private final SyncRunResolver syncRuns;
    private final SettledRuns settled = new SettledRuns();
    private volatile ApifySettings settings;

    private RunTracker(ApifySettings settings, ProviderHttpClient http, ServiceContext context, int maxRuns) {
        this.settings = settings;
        this.clock = context.clock();
        this.api = new ApifyApi(http);
        this.scheduler = new TaskScheduler("runs", THREADS, clock);
        this.recorder = new RunRecorder(
                this::settings, new ActorCategories(api, clock), context.recorder(), context.queue(), scheduler, clock);
        this.reconciler =
                new RunReconciler(this::settings, api, recorder, context.state(), settled, scheduler, clock, maxRuns);
        this.syncRuns = new SyncRunResolver(api, scheduler, clock, this::found);
    }

    /**
     * Starts tracking, and continues with the runs that were tracked before a restart.
     *
     * @param http for Apify's API; stays the caller's, and is to be closed after the tracker
     */
    static RunTracker start(ApifySettings settings, ProviderHttpClient http, ServiceContext context) {
        return start(settings, http, context, MAX_RUNS);
    }

    static RunTracker start(ApifySettings settings, ProviderHttpClient http, ServiceContext context, int maxRuns) {
        var tracker = new RunTracker(settings, http, context, maxRuns);
        CompletableFuture<Void> unused = context.state().all().handle((runs, trouble) -> {
            if (trouble == null) {
                runs.forEach((id, category) -> tracker.reconciler.resume(PendingRun.ofState(id, category)));
            } else {
                LOG.log(Level.WARNING, "the tracked runs cannot be read from the ledger");
            }
            return null;
        });
        return tracker;
    }

    /** Continues with other settings. */
    void configure(ApifySettings next) {
        settings = next;
    }

    ApifySettings settings() {
        return settings;
    }

    ApifyApi api() {
        return api;
    }

    /** Runs whose last figures are still to be recorded, and calls whose runs are still to be found. */
    int pendingRunCount() {
        return reconciler.size() + syncRuns.size();
    }

    boolean isTracked(String runId) {
        return reconciler.isTracked(runId);
    }

    /**
     * Takes a run as the provider showed it.
     *
     * @param category that the caller chose; null for that of its actor
     * @param authorization the value of a header by which the run may be read, kept only as long as it is followed and
     *     only in memory; null for none
     */
    void seen(Run run, Source source, @Nullable String category, @Nullable String authorization) {
        if (recorder.isTooOld(run)) {
            loseOnce(run, source);
            return;
        }
        boolean isFinal = TrackedRun.hasSettled(run, clock.instant())
                && recorder.knowsCategory(run, category)
                && !reconciler.isTracked(run.id());
        boolean isTracked =
                !isFinal && reconciler.track(new PendingRun(run.id(), category), source, authorization, run) != null;
        if (isTracked || !RunRecorder.isBillable(run)) {
            return;
        }
        boolean isNew = !isFinal || settled.add(run);
        if (isNew || source != Source.GATEWAY) { // an application may look at the same run time and again
            recorder.record(run, source, category, authorization, () -> {});
        }
    }

    private void loseOnce(Run run, Source source) {
        if (settled.add(run)) {
            recorder.lose(run, source);
        }
    }

    /**
     * Takes a run that was announced.
     *
     * @param run as it was when it was announced, perhaps long ago; null if only its id is known
     * @param done called once, by any thread, with whether the ledger holds that the run is to be followed, after which
     *     it is recorded whatever happens; must not block
     */
    void announced(String runId, @Nullable Run run, Source source, Consumer<Boolean> done) {
        if (run != null && recorder.isTooOld(run)) {
            loseOnce(run, source);
            done.accept(true); // sending it again would not help
            return;
        }
        CompletableFuture<Void> remembered = reconciler.track(new PendingRun(runId, null), source, null, run);
        if (remembered == null) {
            done.accept(false);
            return;
        }
        CompletableFuture<Void> unused = remembered.handle((nothing, trouble) -> {
            done.accept(trouble == null);
            return null;
        });
    }

    /** A call has ended that started a run, which its response does not name. */
    void syncCallEnded(SyncCall call) {
        String authorization = call.authorization();
        syncRuns.resolve(call, clock.instant(), authorization == null ? settings.authorization() : authorization);
    }

    private void found(Run run, @Nullable String category, @Nullable String authorization) {
        CompletableFuture<Void> unused =
                reconciler.track(new PendingRun(run.id(), category), Source.GATEWAY, authorization, null);
    }

    /** Tracks a run of a list, which does not hold its figures; false if too many are tracked. */
    boolean listed(Run run) {
        return reconciler.track(new PendingRun(run.id(), null), Source.POLLER, null, null) != null;
    }

    /** Whether the figures of a run in a list were read when they were final. */
    boolean isFinal(Run run) {
        return settled.contains(run);
    }

    /** Ends following; the ledger remembers which runs are to be followed on. The recorder must still be there. */
    @Override
    public void close() {
        scheduler.close();
    }
}
