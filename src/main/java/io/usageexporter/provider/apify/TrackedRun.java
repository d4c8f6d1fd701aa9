package io.usageexporter.provider.apify;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.polling.Backoff;
import io.usageexporter.polling.ProviderException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The state of one tracked run: what is known of it, when it is to be read next, and what of it is still being recorded.
 * A run is read until it has ended, and once more when its figures have settled. Decides, but does nothing itself. Not
 * thread-safe.
 */
final class TrackedRun {
    /** For how long a run's figures may still change after its end; Apify speaks of about ten seconds. */
    static final Duration SETTLING = Duration.ofSeconds(10);

    /** A run that ended this long ago by Apify's clock has settled, although the exporter's clock may differ. */
    private static final Duration SURELY_SETTLED = Duration.ofSeconds(60);

    private static final Duration INITIAL_INTERVAL = Duration.ofSeconds(10);
    private static final Duration MAX_INTERVAL = Duration.ofSeconds(60);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(10);

    /** Rounds through all credentials after which a run that none may read is given up. */
    private static final int MAX_ROUNDS = 8;

    private final String id;
    private final Source source;
    private final Instant since;
    private final Backoff backoff = new Backoff(
            INITIAL_INTERVAL, MAX_BACKOFF, () -> ThreadLocalRandom.current().nextDouble());
    private @Nullable String category;
    private @Nullable String authorization;
    private @Nullable Amount recorded;
    private @Nullable Instant endedSince;
    private CompletableFuture<Void> kept = CompletableFuture.completedFuture(null);
    private Duration interval = INITIAL_INTERVAL;
    private int refusals;
    private int schedule;
    private int beingRecorded;
    private boolean wasReadLast;

    TrackedRun(PendingRun run, Source source, @Nullable String authorization, Instant since) {
        this.id = run.id();
        this.category = run.category();
        this.source = source;
        this.authorization = authorization;
        this.since = since;
    }

    String id() {
        return id;
    }

    Source source() {
        return source;
    }

    /** The category under which it counts; null for that of its actor. */
    @Nullable
    String category() {
        return category;
    }

    PendingRun pending() {
        return new PendingRun(id, category);
    }

    /** Completes when the ledger keeps the run, exceptionally when it could not be kept. */
    CompletableFuture<Void> kept() {
        return kept;
    }

    void setKept(CompletableFuture<Void> kept) {
        this.kept = kept;
    }

    /** Learns of another sighting; what was known first stays. */
    void merge(@Nullable String otherCategory, @Nullable String otherAuthorization) {
        category = category == null ? otherCategory : category;
        authorization = authorization == null ? otherAuthorization : authorization;
    }

    /** Whether a run ended so long ago that its figures are final. */
    static boolean hasSettled(Run run, Instant now) {
        Instant finished = run.finishedAt();
        return run.isTerminal() && finished != null && !finished.isAfter(now.minus(SURELY_SETTLED));
    }

    /** Whether a sighting shows more than was recorded so far, which is then to be recorded. */
    boolean advance(Run run) {
        Amount units = run.computeUnits();
        if (!RunRecorder.isBillable(run) || (recorded != null && recorded.micros() >= units.micros())) {
            return false;
        }
        recorded = units;
        beingRecorded++;
        return true;
    }

    /** What {@link #advance} asked for is recorded. */
    void onRecorded() {
        beingRecorded--;
    }

    /**
     * The run was seen.
     *
     * @param seen null when only its id is known, or its figures are not
     * @param isNew whether this is the first sighting
     * @return when to read the run, or null to leave that as it was scheduled
     */
    @Nullable
    Instant onSighting(@Nullable Run seen, boolean isNew, Instant now) {
        Instant due = seen == null ? null : settlingAfter(seen, now);
        if (due == null && (isNew || wasReadLast)) {
            due = seen == null ? now : now.plus(nextInterval());
        }
        wasReadLast &= due == null;
        return due;
    }

    private @Nullable Instant settlingAfter(Run seen, Instant now) {
        if (!seen.isTerminal()) {
            endedSince = null;
            return null;
        }
        if (endedSince != null) {
            return null;
        }
        endedSince = now;
        return now.plus(SETTLING);
    }

    /** The number of a new schedule, which makes earlier ones void. */
    int nextSchedule() {
        return ++schedule;
    }

    boolean isScheduled(int number) {
        return schedule == number;
    }

    /** A read; when to read the run again, or null when this was the last time. */
    @Nullable
    Instant onRead(Run run, Instant now) {
        backoff.reset();
        refusals = 0;
        if (!run.isTerminal()) {
            endedSince = null;
            return now.plus(nextInterval());
        }
        if (endedSince == null && hasSettled(run, now)) {
            return null;
        }
        endedSince = endedSince == null ? now : endedSince;
        Instant settled = endedSince.plus(SETTLING);
        return settled.isAfter(now) ? settled : null;
    }

    /** Nothing more is to be read, unless the run is seen again. */
    void onLastRead() {
        wasReadLast = true;
    }

    /** Whether everything is read and recorded. */
    boolean isDone() {
        return wasReadLast && beingRecorded == 0;
    }

    /** How long to wait until the next read of a run that continues; grows. */
    Duration nextInterval() {
        Duration next = interval;
        Duration twice = interval.multipliedBy(2);
        interval = twice.compareTo(MAX_INTERVAL) < 0 ? twice : MAX_INTERVAL;
        return next;
    }

    /** The credential to read it with: the next one after a refusal. */
    @Nullable
    String credential(@Nullable String own) {
        List<@Nullable String> credentials = Credentials.of(own, authorization);
        return credentials.get(refusals % credentials.size());
    }

    /** A read that failed; when to try again, or null when that is pointless. */
    @Nullable
    Instant onReadFailure(ProviderException e, @Nullable String own, Instant now) {
        if (since.isBefore(now.minus(UsageEvent.MAX_AGE))) {
            return null;
        }
        if (e.isRefused() || e.isNotFound()) {
            int credentials = Credentials.of(own, authorization).size();
            refusals++;
            if (refusals % credentials != 0) {
                return now; // with the next one
            }
            if (refusals >= MAX_ROUNDS * credentials) {
                return null;
            }
        }
        return now.plus(backoff.next(e.retryAfter()));
    }
}
