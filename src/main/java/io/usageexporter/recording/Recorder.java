package io.usageexporter.recording;

import io.usageexporter.event.PendingRun;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.recording.Outcome.Reason;
import io.usageexporter.recording.Outcome.Recorded;
import io.usageexporter.recording.Outcome.Unavailable;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Totals;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Records events: one thread takes all submissions that wait, commits them to the ledger in one transaction, makes them
 * visible in the totals, and only then answers each. While it commits, the next group gathers; so the more clients wait,
 * the fewer commits each costs. Thread-safe; {@link #submit} never blocks.
 */
public final class Recorder implements AutoCloseable {
    /** Events that may wait. One larger submission is still taken when nothing else waits. */
    public static final int QUEUE_EVENTS = 100_000;

    private static final Logger LOG = System.getLogger(Recorder.class.getName());

    /** So that one commit does not hold up its first submitter for long. */
    private static final int GROUP_EVENTS = 10_000;

    /** How long nothing may happen before the ledger is probed, so that trouble shows before the next event comes. */
    private static final long PROBE_SECONDS = 15;

    private final Ledger ledger;
    private final Totals totals;
    private final InstantSource clock;
    private final RecorderMetrics metrics;
    private final WorkQueue queue = new WorkQueue(QUEUE_EVENTS);
    private final LedgerExecutor errands = new LedgerExecutor(queue);
    private final Fingerprints fingerprints = new Fingerprints();
    private final Thread thread = new Thread(this::run, "recorder");
    private volatile boolean writable = true;

    private Recorder(Ledger ledger, Totals totals, InstantSource clock, RecorderMetrics metrics) {
        this.ledger = ledger;
        this.totals = totals;
        this.clock = clock;
        this.metrics = metrics;
    }

    /**
     * Starts recording.
     *
     * @param ledger belongs to the recorder from now on, which closes it
     */
    public static Recorder start(
            Ledger ledger, Collection<ProviderConfig> providers, InstantSource clock, RecorderMetrics metrics)
            throws LedgerException {
        var recorder = new Recorder(ledger, ledger.readTotals(Totals.firstDayKept(clock.instant())), clock, metrics);
        recorder.adopt(providers);
        recorder.thread.start();
        return recorder;
    }

    /** The totals of all that was acknowledged. */
    public Totals totals() {
        return totals;
    }

    /** Events that wait to be recorded. */
    public int queuedEvents() {
        return queue.events();
    }

    /** Whether the last write succeeded. */
    public boolean isWritable() {
        return writable;
    }

    /**
     * Records events whole or not at all.
     *
     * @param done called exactly once: by the recorder's thread, or by this one when the submission is refused at once;
     *     must not block
     */
    public void submit(List<UsageEvent> events, Source source, Consumer<Outcome> done) {
        submit(new Submission(events, source, DuplicatePolicy.CONFLICT, 0, done));
    }

    /**
     * Records uses that the exporter itself has seen, perhaps by several ways and with growing figures: an id that the
     * ledger holds never conflicts, and of each amount the higher one counts. Otherwise like {@link #submit}.
     */
    public void track(List<UsageEvent> events, Source source, Consumer<Outcome> done) {
        submit(new Submission(events, source, DuplicatePolicy.RAISE, 0, done));
    }

    /** Records by the rule of the submission. Otherwise like {@link #submit(List, Source, Consumer)}. */
    void submit(Submission submission) {
        Consumer<Outcome> done = submission.done();
        if (submission.events().isEmpty()) {
            done.accept(new Recorded(0, 0));
            return;
        }
        switch (queue.offer(submission)) {
            case TAKEN -> {}
            case FULL ->
                done.accept(new Unavailable(
                        Reason.QUEUE_FULL, "too many events wait to be recorded (" + QUEUE_EVENTS + " may)"));
            case CLOSED -> done.accept(new Unavailable(Reason.SHUTDOWN, "the exporter is shutting down"));
        }
    }

    /**
     * Counts by another configuration from now on. Where a provider's zone changes, its days are counted anew from all
     * its events.
     *
     * @return completes when that is done, exceptionally when the ledger could not be written
     */
    public CompletableFuture<Void> configure(Collection<ProviderConfig> providers) {
        return errands.tell(() -> adopt(providers));
    }

    /** Which of these events' ids the ledger holds; sure of those that may still be repeated. */
    public CompletableFuture<Set<String>> known(Collection<String> ids) {
        return errands.ask(() -> {
            var known = new HashSet<String>();
            for (String id : ids) {
                if (!ledger.find(id).isEmpty()) {
                    known.add(id);
                }
            }
            return known;
        });
    }

    /** Keeps a run until {@link #forget}, also across a restart; completes when it is on the disk. */
    public CompletableFuture<Void> remember(PendingRun run) {
        return errands.tell(() -> ledger.remember(run));
    }

    /** Drops a run that was remembered. */
    public CompletableFuture<Void> forget(String runId) {
        return errands.tell(() -> ledger.forget(runId));
    }

    /** The runs that are remembered. */
    public CompletableFuture<List<PendingRun>> pendingRuns() {
        return errands.ask(ledger::pendingRuns);
    }

    /**
     * Writes something small.
     *
     * @param done called once, with whether the ledger can be written, by the recorder's thread or this one; must not
     *     block
     */
    public void probe(Consumer<Boolean> done) {
        errands.tell(
                () -> {
                    probeLedger();
                    done.accept(true);
                },
                trouble -> done.accept(false));
    }

    private void run() {
        try {
            while (true) {
                WorkQueue.Work work = queue.take(GROUP_EVENTS, PROBE_SECONDS, TimeUnit.SECONDS);
                if (work.isEnd()) {
                    return;
                }
                if (work.isIdle()) {
                    probeQuietly();
                }
                work.commands().forEach(Runnable::run);
                if (!work.submissions().isEmpty()) {
                    record(work.submissions());
                }
            }
        } catch (InterruptedException e) {
            LOG.log(Level.ERROR, "recording was interrupted", e);
        }
    }

    private void record(List<Submission> submissions) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var group = new CommitGroup(ledger, now, fingerprints);
        try {
            for (Submission submission : submissions) {
                group.add(submission);
            }
            commit(group, now);
        } catch (LedgerException | RuntimeException | Error e) {
            failed(e);
            for (Submission submission : submissions) {
                submission.done().accept(new Unavailable(Reason.LEDGER, "the ledger cannot be written"));
            }
            return;
        }
        for (Submission submission : submissions) {
            Outcome outcome = group.outcome(submission);
            if (outcome instanceof Recorded recorded && recorded.duplicates() > 0) {
                metrics.duplicates(submission.source(), recorded.duplicates());
            }
            submission.done().accept(outcome);
        }
    }

    private void commit(CommitGroup group, Instant now) throws LedgerException {
        if (group.added().isEmpty()) {
            return; // nothing but repeats, which says nothing about whether the ledger can be written
        }
        long start = System.nanoTime();
        LocalDate keep = Totals.firstDayKept(now);
        // Earlier ones where the clock was set back, or a use of long ago is raised.
        ledger.restoreDays(totals, group.firstDayNeeded(keep));
        Totals.Change change = totals.plan(group.added());
        ledger.append(group.added(), change);
        totals.apply(change);
        totals.forgetDaysBefore(keep);
        metrics.committed(System.nanoTime() - start);
        setWritable();
    }

    private void adopt(Collection<ProviderConfig> providers) throws LedgerException {
        for (ProviderConfig provider : providers) {
            ZoneId before = totals.zone(provider.name());
            if (before != null && !before.equals(provider.zone())) {
                LOG.log(
                        Level.INFO,
                        "counting the days of {0} anew, in {1} instead of {2}",
                        provider.name(),
                        provider.zone(),
                        before);
                ledger.moveToZone(provider.name(), provider.zone(), totals);
            }
            totals.configure(
                    provider.name(),
                    provider.zone(),
                    provider.categories(),
                    new SeriesBound(provider.maxSeries(), provider.measures()),
                    ledger.lastNumber() + 1);
        }
    }

    private void probeLedger() throws LedgerException {
        try {
            ledger.probe(clock.instant());
            setWritable();
        } catch (LedgerException | RuntimeException e) {
            failed(e);
            throw e;
        }
    }

    private void probeQuietly() {
        try {
            probeLedger();
        } catch (LedgerException | RuntimeException e) {
            // Said and remembered already.
        }
    }

    private void setWritable() {
        if (!writable) {
            writable = true;
            LOG.log(Level.INFO, "ledger can be written again");
        }
    }

    private void failed(Throwable e) {
        if (writable) {
            writable = false;
            LOG.log(Level.ERROR, "events are refused: " + e.getMessage(), e instanceof LedgerException ? null : e);
        }
    }

    /** Takes no more, records what was taken, and closes the ledger. */
    @Override
    public void close() throws LedgerException {
        finish();
        ledger.close();
    }

    /** Takes no more, and records what was taken. */
    public void finish() {
        queue.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
