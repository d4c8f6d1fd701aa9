package io.usageexporter.provider.apify;

import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Measure;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns runs into usage events, under the category of their actor, and has them recorded. Thread-safe; never blocks. */
final class RunRecorder {
    private static final Logger LOG = System.getLogger(RunRecorder.class.getName());
    private static final String PROVIDER = "apify";
    private static final String COMPUTE_UNITS = "compute_units";
    private static final List<String> COUNTED_ONCE_PER_RUN = List.of(Measure.REQUESTS, "runs");

    private final Supplier<ApifySettings> settings;
    private final ActorCategories categories;
    private final Recorder recorder;
    private final RetryQueue backlog;
    private final TaskScheduler agenda;
    private final InstantSource clock;

    RunRecorder(
            Supplier<ApifySettings> settings,
            ActorCategories categories,
            Recorder recorder,
            RetryQueue backlog,
            TaskScheduler agenda,
            InstantSource clock) {
        this.settings = settings;
        this.categories = categories;
        this.recorder = recorder;
        this.backlog = backlog;
        this.agenda = agenda;
        this.clock = clock;
    }

    /** The id of a run's event. */
    static String eventId(String runId) {
        return PROVIDER + ":" + runId;
    }

    /** Whether there is anything of a run to be recorded yet. */
    static boolean isBillable(Run run) {
        return run.isTerminal() || run.computeUnits().micros() > 0;
    }

    /**
     * Whether it was over so long ago that it can be counted no more. One that began that long ago and ended later counts
     * on the oldest day allowed.
     */
    boolean isTooOld(Run run) {
        Instant end = run.finishedAt() == null && run.isTerminal() ? run.startedAt() : run.finishedAt();
        return run.isTerminal() && end != null && end.isBefore(oldest());
    }

    private Instant oldest() {
        return clock.instant().minus(UsageEvent.MAX_AGE);
    }

    /** Counts a run that is too old as lost, unless the ledger holds it. */
    void lose(Run run, Source source) {
        CompletableFuture<Void> unused = recorder.findRecorded(List.of(eventId(run.id())))
                .handle((known, trouble) -> {
                    if (trouble != null || known.isEmpty()) {
                        backlog.addDropped(source, 1);
                        LOG.log(
                                Level.WARNING,
                                "run {0} is lost: it ended more than {1} days ago",
                                run.id(),
                                UsageEvent.MAX_AGE.toDays());
                    }
                    return null;
                });
    }

    /** Whether a run's category is known without asking anybody. */
    boolean knowsCategory(Run run, @Nullable String category) {
        return category != null || categories.known(run.actId(), settings.get().platforms()) != null;
    }

    /**
     * Records what a run has used so far.
     *
     * @param category null for that of its actor, which is looked up if need be
     * @param authorization of a caller, by which the actor may be looked up
     * @param done called once, by any thread, when it is recorded or dropped
     */
    void record(Run run, Source source, @Nullable String category, @Nullable String authorization, Runnable done) {
        ApifySettings now = settings.get();
        String known = category != null ? category : categories.known(run.actId(), now.platforms());
        if (known != null) {
            backlog.record(List.of(event(run, known, now.resources())), source, done);
            return;
        }
        agenda.now(() -> {
            String found =
                    categories.find(run.actId(), now.platforms(), Credentials.of(now.authorization(), authorization));
            backlog.record(List.of(event(run, found, now.resources())), source, done);
        });
    }

    private UsageEvent event(Run run, String category, Set<String> resources) {
        Map<Measure, Amount> amounts = new HashMap<>();
        if (resources.contains(COMPUTE_UNITS)) {
            amounts.put(Measure.of(COMPUTE_UNITS), run.computeUnits());
        }
        for (String resource : COUNTED_ONCE_PER_RUN) {
            if (resources.contains(resource)) {
                amounts.put(Measure.of(resource), Amount.of(1));
            }
        }
        if (run.unitsAreOdd()) {
            LOG.log(
                    Level.WARNING,
                    "run {0} counts without its compute units, which are not a number from 0 to 10^12",
                    run.id());
        }
        Instant now = clock.instant();
        Instant told = run.at();
        Instant at = told == null || told.isAfter(now) ? now : told.isBefore(oldest()) ? oldest() : told;
        try {
            return new UsageEvent(eventId(run.id()), PROVIDER, category, "", at, Usage.of(amounts));
        } catch (InvalidEventException e) { // nothing but the category can be wrong
            return new UsageEvent(eventId(run.id()), PROVIDER, Platforms.OTHER, "", at, Usage.of(amounts));
        }
    }
}
