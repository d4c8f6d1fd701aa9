package io.usageexporter.provider.apify;

import io.usageexporter.event.Source;
import io.usageexporter.polling.ProviderHttpClient;
import io.usageexporter.polling.TaskScheduler;
import io.usageexporter.provider.ServiceContext;
import io.usageexporter.recording.StateStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records runs that the gateway, the webhook or the poller observes. The figures of a run are recorded at once under the
 * run's id, and the run is tracked until they are final; higher figures amend the recorded ones. Thread-safe; only
 * {@link #close} blocks.
 */
final class RunTracker implements AutoCloseable {
    private static final Logger LOG = System.getLogger(RunTracker.class.getName());
    private static final int THREADS = 4;
    private static final int MAX_RUNS = 10_000;

    /** How late this exporter learns of runs that others which share the ledger track. */
    private static final Duration REFRESHED_EVERY = Duration.ofSeconds(2);

    private final InstantSource clock;
    private final StateStore state;
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
        this.state = context.state();
        this.api = new ApifyApi(http);
        this.scheduler = new TaskScheduler("runs", THREADS, clock);
        this.recorder = new RunRecorder(
                this::settings, new ActorCategories(api, clock), context.recorder(), context.queue(), scheduler, clock);
        this.reconciler = new RunReconciler(
                this::settings, api, recorder, state, context.isInCharge(), settled, scheduler, clock, maxRuns);
        this.syncRuns = new SyncRunResolver(api, scheduler, clock, this::found);
    }

    /**
     * Starts tracking, and continues with the runs that were tracked before a restart.
     *
     * @param http for Apify's API; to be closed by the caller after the tracker
     */
    static RunTracker start(ApifySettings settings, ProviderHttpClient http, ServiceContext context) {
        return start(settings, http, context, MAX_RUNS);
    }

    static RunTracker start(ApifySettings settings, ProviderHttpClient http, ServiceContext context, int maxRuns) {
        var tracker = new RunTracker(settings, http, context, maxRuns);
        tracker.resume();
        return tracker;
    }

    private void resume() {
        Set<String> left = reconciler.beginResuming();
        CompletableFuture<Void> unused = state.all().handle((runs, failure) -> {
            if (failure == null) {
                var attributions = new HashMap<String, RunAttribution>();
                runs.forEach((id, attribution) -> attributions.put(id, RunAttribution.ofState(attribution)));
                reconciler.resume(attributions, left);
            } else if (!state.isShared()) {
                LOG.log(Level.WARNING, "cannot read the tracked runs from the ledger");
            }
            if (state.isShared()) {
                scheduler.at(clock.instant().plus(REFRESHED_EVERY), this::resume);
            }
            return null;
        });
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

    /** The number of runs whose final figures are not recorded yet, and of calls whose runs are not found yet. */
    int pendingRunCount() {
        return reconciler.size() + syncRuns.size();
    }

    boolean isTracked(String runId) {
        return reconciler.isTracked(runId);
    }

    /**
     * Records and tracks a run that the provider reported.
     *
     * @param authorization the value of a header for reading the run, kept in memory while it is tracked, or null
     */
    void observed(Run run, Source source, RunAttribution attribution, @Nullable String authorization) {
        if (recorder.isTooOld(run)) {
            dropOnce(run, source);
            return;
        }
        boolean isFinal = TrackedRun.hasSettled(run, clock.instant())
                && recorder.knowsCategory(run, attribution)
                && !reconciler.isTracked(run.id());
        boolean isTracked =
                !isFinal && reconciler.track(new PendingRun(run.id(), attribution), source, authorization, run) != null;
        if (isTracked || !RunRecorder.isBillable(run)) {
            return;
        }
        boolean isNew = !isFinal || settled.add(run);
        if (isNew || source != Source.GATEWAY) { // applications may fetch the same run many times
            recorder.record(run, source, attribution, authorization, () -> {});
        }
    }

    private void dropOnce(Run run, Source source) {
        if (settled.add(run)) {
            recorder.drop(run, source);
        }
    }

    /**
     * Records and tracks a run that was announced.
     *
     * @param run as announced, perhaps long ago; null if only its id is known
     * @param done called once, on any thread, with whether the ledger has stored that the run is tracked, so that it will be
     *     recorded even after a crash; must not block
     */
    void announced(String runId, @Nullable Run run, Source source, Consumer<Boolean> done) {
        if (run != null && recorder.isTooOld(run)) {
            dropOnce(run, source);
            done.accept(true); // a retry would not help
            return;
        }
        CompletableFuture<Void> stored =
                reconciler.track(new PendingRun(runId, RunAttribution.NONE), source, null, run);
        if (stored == null) {
            done.accept(false);
            return;
        }
        CompletableFuture<Void> unused = stored.handle((nothing, failure) -> {
            done.accept(failure == null);
            return null;
        });
    }

    /** A call has ended that started a run without naming it in the response. */
    void syncCallEnded(SyncCall call) {
        String authorization = call.authorization();
        syncRuns.resolve(call, clock.instant(), authorization == null ? settings.authorization() : authorization);
    }

    private void found(Run run, RunAttribution attribution, @Nullable String authorization) {
        CompletableFuture<Void> unused =
                reconciler.track(new PendingRun(run.id(), attribution), Source.GATEWAY, authorization, null);
    }

    /** Tracks a run from a list, which has no figures; false if too many runs are tracked. */
    boolean listed(Run run) {
        return reconciler.track(new PendingRun(run.id(), RunAttribution.NONE), Source.POLLER, null, null) != null;
    }

    /** Whether the final figures of a run in a list are known. */
    boolean isFinal(Run run) {
        return settled.contains(run);
    }

    /** Stops tracking; the ledger stores which runs to continue with. To be closed before the recorder. */
    @Override
    public void close() {
        scheduler.close();
    }
}
