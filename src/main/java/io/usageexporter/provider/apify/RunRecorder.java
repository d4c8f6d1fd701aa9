package io.usageexporter.provider.apify;

import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.polling.TaskScheduler;
import io.usageexporter.recording.Recorder;
import io.usageexporter.recording.RetryQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Records runs as usage events under the category of their actor. Thread-safe; never blocks. */
final class RunRecorder {
    private static final Logger LOG = System.getLogger(RunRecorder.class.getName());
    private static final Usage ONCE_PER_RUN = Usage.of(
            Map.of(Measure.of(Measure.REQUESTS), Amount.of(1), Measure.of(ApifyIntegration.RUNS), Amount.of(1)));

    private final Supplier<ApifySettings> settings;
    private final ActorCategories categories;
    private final Recorder recorder;
    private final RetryQueue queue;
    private final TaskScheduler scheduler;
    private final InstantSource clock;

    RunRecorder(
            Supplier<ApifySettings> settings,
            ActorCategories categories,
            Recorder recorder,
            RetryQueue queue,
            TaskScheduler scheduler,
            InstantSource clock) {
        this.settings = settings;
        this.categories = categories;
        this.recorder = recorder;
        this.queue = queue;
        this.scheduler = scheduler;
        this.clock = clock;
    }

    /** The id of a run's event. */
    static String eventId(String runId) {
        return ApifyIntegration.KIND + ":" + runId;
    }

    /** Whether there is anything to record for a run yet. */
    static boolean isBillable(Run run) {
        return run.isTerminal() || !run.usage().isEmpty();
    }

    /**
     * Whether a run ended too long ago to be recorded. A run that started that long ago but ended later counts on the oldest
     * day allowed.
     */
    boolean isTooOld(Run run) {
        Instant end = run.finishedAt() == null && run.isTerminal() ? run.startedAt() : run.finishedAt();
        return run.isTerminal() && end != null && end.isBefore(oldest());
    }

    private Instant oldest() {
        return clock.instant().minus(UsageEvent.MAX_AGE);
    }

    /** Counts a run that is too old as dropped, unless it is recorded already. */
    void drop(Run run, Source source) {
        CompletableFuture<Void> unused = recorder.findRecorded(List.of(eventId(run.id())))
                .handle((recorded, failure) -> {
                    if (failure != null || recorded.isEmpty()) {
                        queue.addDropped(source, 1);
                        LOG.log(
                                Level.WARNING,
                                "dropped run {0}: it ended more than {1} days ago",
                                run.id(),
                                UsageEvent.MAX_AGE.toDays());
                    }
                    return null;
                });
    }

    /** Whether the category of a run is known without a look-up. */
    boolean knowsCategory(Run run, RunAttribution attribution) {
        return attribution.category() != null
                || categories.known(run.actId(), settings.get().platforms()) != null;
    }

    /**
     * Records the figures of a run.
     *
     * @param attribution without a category for that of the actor, which is looked up if necessary
     * @param authorization the caller's credential for looking up the actor
     * @param done called once, on any thread, when the figures are recorded or dropped
     */
    void record(Run run, Source source, RunAttribution attribution, @Nullable String authorization, Runnable done) {
        ApifySettings now = settings.get();
        String category = attribution.category();
        String consumer = attribution.consumer();
        String known = category != null ? category : categories.known(run.actId(), now.platforms());
        if (known != null) {
            queue.record(List.of(event(run, known, consumer, now.resources())), source, done);
            return;
        }
        scheduler.now(() -> {
            String found =
                    categories.find(run.actId(), now.platforms(), Credentials.of(now.authorization(), authorization));
            queue.record(List.of(event(run, found, consumer, now.resources())), source, done);
        });
    }

    private UsageEvent event(Run run, String category, String consumer, Set<String> resources) {
        Usage usage = run.usage().plus(ONCE_PER_RUN).only(resources);
        if (run.hasInvalidAmounts()) {
            LOG.log(
                    Level.WARNING,
                    "counting run {0} without compute units or money that are not a number from 0 to 10^12",
                    run.id());
        }
        Instant now = clock.instant();
        Instant reported = run.at();
        Instant at =
                reported == null || reported.isAfter(now) ? now : reported.isBefore(oldest()) ? oldest() : reported;
        try {
            return event(run, category, consumer, at, usage);
        } catch (InvalidEventException e) { // only the category can be invalid
            return event(run, Platforms.OTHER, consumer, at, usage);
        }
    }

    private static UsageEvent event(Run run, String category, String consumer, Instant at, Usage usage) {
        return new UsageEvent(
                eventId(run.id()), ApifyIntegration.KIND, category, consumer, "", Pricing.STANDARD, at, usage);
    }
}
