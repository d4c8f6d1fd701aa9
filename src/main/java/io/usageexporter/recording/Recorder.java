package io.usageexporter.recording;

import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.Outcome.Cause;
import io.usageexporter.recording.Outcome.Imported;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.totals.Totals;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Records events by group commit: one thread takes all queued submissions, commits them to the ledger in one
 * transaction, makes them visible in the totals, and only then completes each. Meanwhile the next group gathers, so
 * commits per submission fall under load. Thread-safe; {@link #submit} never blocks.
 */
public final class Recorder implements AutoCloseable {
    /** The capacity of the queue in events. A larger submission is still accepted when the queue is empty. */
    public static final int QUEUE_EVENTS = 100_000;

    private static final Logger LOG = System.getLogger(Recorder.class.getName());

    private static final long PROBED_WITHIN_MS = 2000;
    private static final String LATE = "the ledger does not answer within two seconds";

    /** Bounds how long the first submitter of a group waits. */
    private static final int GROUP_EVENTS = 10_000;

    private final Ledger ledger;
    private final Totals totals;
    private final LedgerWriter writer;
    private final LedgerHealth health = new LedgerHealth();
    private final InstantSource clock; // read by the thread below
    private final RecorderMetrics metrics;
    private final WorkQueue queue = new WorkQueue(QUEUE_EVENTS);
    private final LedgerExecutor executor = new LedgerExecutor(queue);
    private final Fingerprints fingerprints = new Fingerprints();
    private final IdleWork idle;
    private final Thread thread = new Thread(this::run, "recorder");

    private Recorder(Ledger ledger, Totals totals, InstantSource clock, RecorderMetrics metrics) {
        this.ledger = ledger;
        this.totals = totals;
        this.writer = new LedgerWriter(ledger, totals);
        this.clock = clock;
        this.metrics = metrics;
        this.idle = new IdleWork(ledger.isShared(), this::follow, this::probeLedger, System::nanoTime);
    }

    /**
     * Starts recording.
     *
     * @param ledger owned by the recorder from now on, which closes it
     * @param prices say which prompts are long
     * @param clock read by one thread at a time
     */
    public static Recorder start(
            Ledger ledger,
            Collection<ProviderConfig> providers,
            PriceTable prices,
            InstantSource clock,
            RecorderMetrics metrics)
            throws LedgerException {
        Instant now = clock.instant();
        var totals = new Totals(ledger.readTotals(Totals.firstDayKept(now), Totals.windowsKeptFrom(now)));
        var recorder = new Recorder(ledger, totals, clock, metrics);
        recorder.writer.configure(providers, prices);
        recorder.thread.start();
        return recorder;
    }

    /** The totals of all acknowledged events. */
    public Totals totals() {
        return totals;
    }

    /** The number of events waiting to be recorded. */
    public int queuedEvents() {
        return queue.events();
    }

    /** Whether other exporters write the same ledger. */
    public boolean isShared() {
        return ledger.isShared();
    }

    /** Whether the last write succeeded. */
    public boolean isWritable() {
        return health.isWritable();
    }

    /** Why the last failed write did, in words; empty if none has failed. */
    public String problem() {
        return health.problem();
    }

    /**
     * Records all of these events or none.
     *
     * @param done called exactly once, by the recorder's thread, or by this one when the submission is rejected
     *     immediately; must not block
     */
    public void submit(List<UsageEvent> events, Source source, Consumer<Outcome> done) {
        submit(new Submission(events, source, DuplicatePolicy.REJECT, 0, done));
    }

    /**
     * Records usage that the exporter observed itself, possibly several times and with growing amounts: an id that the
     * ledger holds never conflicts, and the higher of each amount counts. Otherwise like {@link #submit}.
     */
    public void recordObserved(List<UsageEvent> events, Source source, Consumer<Outcome> done) {
        submit(new Submission(events, source, DuplicatePolicy.KEEP_MAX, 0, done));
    }

    /**
     * Records those of these events that are new, of any age: what the ledger has under the same id with other content is
     * left out alone. Otherwise like {@link #submit}.
     *
     * @param done receives {@link Outcome.Imported} or {@link Outcome.Unavailable}
     */
    public void importEvents(List<UsageEvent> events, Source source, Consumer<Outcome> done) {
        submit(new Submission(events, source, DuplicatePolicy.SKIP, 0, done));
    }

    /** Records by the policy of the submission. Otherwise like {@link #submit(List, Source, Consumer)}. */
    void submit(Submission submission) {
        Consumer<Outcome> done = submission.done();
        if (submission.events().isEmpty()) {
            done.accept(
                    submission.policy() == DuplicatePolicy.SKIP ? new Imported(0, 0, 0, Map.of()) : new Recorded(0, 0));
            return;
        }
        switch (queue.offer(submission)) {
            case ACCEPTED -> {}
            case FULL ->
                done.accept(
                        new Unavailable(Cause.QUEUE_FULL, "too many events are queued (at most " + QUEUE_EVENTS + ")"));
            case CLOSED -> done.accept(new Unavailable(Cause.SHUTDOWN, "the exporter is shutting down"));
        }
    }

    /**
     * Applies another configuration. Where a provider's zone or the lengths of its long prompts change, its days are
     * recounted from all its events.
     *
     * @return completes when that is done; exceptionally if the ledger could not be written
     */
    public CompletableFuture<Void> configure(Collection<ProviderConfig> providers, PriceTable prices) {
        return executor.run(() -> writer.configure(providers, prices));
    }

    /** Which of these ids the ledger holds. Reliable for ids of events that may still be repeated. */
    public CompletableFuture<Set<String>> findRecorded(Collection<String> ids) {
        return executor.call(() -> {
            var known = new HashSet<String>();
            for (String id : ids) {
                if (!ledger.find(id).isEmpty()) {
                    known.add(id);
                }
            }
            return known;
        });
    }

    /**
     * Undoes the newest event of an id, with all that was added to it: totals lose it, counters keep it, and its id stays
     * known. Blocks, and reads the whole ledger for an id that was recorded long ago or never.
     */
    public UndoResult undo(String id) {
        return new Undoing(ledger, writer, executor, clock).undo(id);
    }

    /**
     * Turns some of the events that were recorded so long ago into an opening balance of the totals, which do not change.
     * Blocks for some milliseconds, for which recording waits, too.
     *
     * @return whether there may be more of them
     */
    boolean prune(Duration kept) throws LedgerException, InterruptedException {
        return LedgerExecutor.await(
                executor.call(() -> writer.prune(clock.instant().minus(kept))));
    }

    /** The state of a provider's integration, kept in the ledger. */
    public StateStore state(String provider) {
        return new LedgerStateStore(executor, ledger, provider);
    }

    /**
     * Checks with a small write whether the ledger is writable.
     *
     * @param done called once, by any thread, within some two seconds, with the reason why not; empty if it is. Must not block
     */
    public void probe(Consumer<String> done) {
        CompletableFuture<Void> unused = executor.call(() -> {
                    probeLedger();
                    return "";
                })
                .orTimeout(PROBED_WITHIN_MS, TimeUnit.MILLISECONDS)
                .exceptionally(failure -> failure instanceof TimeoutException ? late() : LedgerHealth.describe(failure))
                .thenAccept(done);
    }

    /** Connecting to a server that is away takes that long, too. */
    private String late() {
        return health.isWritable() ? LATE : health.problem();
    }

    private void run() {
        try {
            while (true) {
                WorkQueue.Work work = queue.take(GROUP_EVENTS, idle.patience());
                if (work.isEnd()) {
                    return;
                }
                work.commands().forEach(Runnable::run);
                if (work.submissions().isEmpty()) {
                    idle.run();
                } else {
                    record(work.submissions());
                }
            }
        } catch (InterruptedException e) {
            LOG.log(Level.ERROR, "recording was interrupted", e);
        }
    }

    private void record(List<Submission> submissions) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<Outcome> outcomes;
        try {
            outcomes = writer.inUnit(() -> {
                var group = new CommitGroup(ledger, now, fingerprints, totals.pricing());
                group.addAll(submissions);
                commit(group, now);
                return group.outcomes();
            });
        } catch (LedgerException | RuntimeException | Error e) {
            health.writeFailed(e);
            var unavailable = e instanceof LedgerException.InDoubt
                    ? new Unavailable(Cause.IN_DOUBT, String.valueOf(e.getMessage()))
                    : new Unavailable(Cause.LEDGER, "the ledger cannot be written");
            submissions.forEach(submission -> submission.done().accept(unavailable));
            return;
        }
        for (int i = 0; i < submissions.size(); i++) {
            Submission submission = submissions.get(i);
            Outcome outcome = outcomes.get(i);
            int duplicates = outcome instanceof Recorded recorded
                    ? recorded.duplicates()
                    : outcome instanceof Imported imported ? imported.duplicates() : 0;
            if (duplicates > 0) {
                metrics.duplicates(submission.source(), duplicates);
            }
            submission.done().accept(outcome);
        }
    }

    private void commit(CommitGroup group, Instant now) throws LedgerException {
        if (group.added().isEmpty()) {
            return; // duplicates only, which do not show whether the ledger is writable
        }
        long start = System.nanoTime();
        writer.append(group.added(), group.repricings(), now);
        metrics.committed(System.nanoTime() - start);
        health.writeSucceeded();
    }

    private void probeLedger() throws LedgerException {
        try {
            writer.follow(clock.instant());
            ledger.probe(clock.instant());
            health.writeSucceeded();
        } catch (LedgerException | RuntimeException e) {
            health.writeFailed(e);
            throw e;
        }
    }

    private void follow() throws LedgerException {
        try {
            writer.follow(clock.instant());
        } catch (LedgerException | RuntimeException e) {
            health.writeFailed(e);
            throw e;
        }
    }

    /** Stops accepting events, records those that are queued, and closes the ledger. */
    @Override
    public void close() throws LedgerException {
        finish();
        ledger.close();
    }

    /** Stops accepting events and records those that are queued. */
    public void finish() {
        queue.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
