package io.usageexporter.provider.apify;

import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.httpclient.Backoff;
import io.usageexporter.polling.ProviderException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The state of one tracked run: what is known about it, when to read it next, and which figures are being recorded. A run is
 * read until it has ended, and once more when its figures have settled. Decides, but performs nothing itself. Not
 * thread-safe.
 */
final class TrackedRun {
    /** How long the figures of a run may change after its end; Apify says about ten seconds. */
    static final Duration SETTLING = Duration.ofSeconds(10);

    /** A run that ended this long ago by Apify's clock has settled, even if the exporter's clock differs. */
    private static final Duration SURELY_SETTLED = Duration.ofSeconds(60);

    private static final Duration INITIAL_INTERVAL = Duration.ofSeconds(10);
    private static final Duration MAX_INTERVAL = Duration.ofSeconds(60);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(10);

    /** Rounds through all credentials before a run that none may read is abandoned. */
    private static final int MAX_ROUNDS = 8;

    private final String id;
    private final Source source;
    private final Instant since;
    private final Backoff backoff = new Backoff(
            INITIAL_INTERVAL,
            MAX_BACKOFF,
            MAX_BACKOFF,
            () -> ThreadLocalRandom.current().nextDouble());
    private RunAttribution attribution;
    private @Nullable String authorization;
    private @Nullable Usage recorded;
    private @Nullable Instant endedSince;
    private CompletableFuture<Void> stored = CompletableFuture.completedFuture(null);
    private Duration interval = INITIAL_INTERVAL;
    private int refusals;
    private int schedule;
    private int beingRecorded;
    private boolean wasReadLast;
    private boolean isLeft;
    private boolean wasObserved;

    TrackedRun(PendingRun run, Source source, @Nullable String authorization, Instant since) {
        this.id = run.id();
        this.attribution = run.attribution();
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

    RunAttribution attribution() {
        return attribution;
    }

    /** Completes when the run is stored in the ledger, exceptionally if that failed. */
    CompletableFuture<Void> stored() {
        return stored;
    }

    void setStored(CompletableFuture<Void> stored) {
        this.stored = stored;
    }

    /** Adds what another observation knows, without replacing anything; whether the attribution has changed. */
    boolean merge(RunAttribution other, @Nullable String otherAuthorization) {
        RunAttribution before = attribution;
        attribution = before.or(other);
        authorization = authorization == null ? otherAuthorization : authorization;
        return !attribution.equals(before);
    }

    /** Whether a run ended long enough ago for its figures to be final. */
    static boolean hasSettled(Run run, Instant now) {
        Instant finished = run.finishedAt();
        return run.isTerminal() && finished != null && !finished.isAfter(now.minus(SURELY_SETTLED));
    }

    /** Whether any figure is higher than the one recorded so far; if so, the caller records them. */
    boolean advance(Run run) {
        Usage higher = recorded == null ? run.usage() : run.usage().minusClamped(recorded);
        if (!RunRecorder.isBillable(run) || (recorded != null && higher.isEmpty())) {
            return false;
        }
        recorded = recorded == null ? higher : recorded.plus(higher);
        beingRecorded++;
        return true;
    }

    /** The figures for which {@link #advance} returned true are recorded. */
    void onRecorded() {
        beingRecorded--;
    }

    /**
     * The run was observed.
     *
     * @param observed null if its figures are unknown
     * @param isNew whether this is the first observation
     * @return when to read the run, or null to keep the schedule
     */
    @Nullable
    Instant onObserved(@Nullable Run observed, boolean isNew, Instant now) {
        wasObserved = true;
        Instant due = observed == null ? null : settlingAfter(observed, now);
        if (due == null && (isNew || wasReadLast)) {
            due = observed == null ? now : now.plus(nextInterval());
        }
        wasReadLast &= due == null;
        return due;
    }

    private @Nullable Instant settlingAfter(Run observed, Instant now) {
        if (!observed.isTerminal()) {
            endedSince = null;
            return null;
        }
        if (endedSince != null) {
            return null;
        }
        endedSince = now;
        return now.plus(SETTLING);
    }

    /** The number of a new schedule, which replaces earlier ones. */
    int nextSchedule() {
        isLeft = false;
        return ++schedule;
    }

    boolean isScheduled(int number) {
        return schedule == number;
    }

    /** The run was read; returns when to read it again, or null if this was the last time. */
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

    /** There is nothing more to read, unless the run is observed again. */
    void onLastRead() {
        wasReadLast = true;
    }

    /** Whether everything is read and recorded. */
    boolean isDone() {
        return wasReadLast && beingRecorded == 0;
    }

    /** Whether the caller gave a credential that no other exporter has. */
    boolean hasCallersCredential(@Nullable String own) {
        return authorization != null && !authorization.equals(own);
    }

    /** Another exporter is to read the run from now on. */
    void leave() {
        isLeft = true;
    }

    boolean isLeft() {
        return isLeft;
    }

    /** Whether the run was observed here since the last call. */
    boolean takeObserved() {
        boolean before = wasObserved;
        wasObserved = false;
        return before;
    }

    /** The growing delay until the next read of a run that has not ended. */
    Duration nextInterval() {
        Duration next = interval;
        Duration twice = interval.multipliedBy(2);
        interval = twice.compareTo(MAX_INTERVAL) < 0 ? twice : MAX_INTERVAL;
        return next;
    }

    /** The credential for the next read; after a refusal, another one. */
    @Nullable
    String credential(@Nullable String own) {
        List<@Nullable String> credentials = Credentials.of(own, authorization);
        return credentials.get(refusals % credentials.size());
    }

    /** A read failed; returns when to try again, or null to give up. */
    @Nullable
    Instant onReadFailure(ProviderException e, @Nullable String own, Instant now) {
        if (since.isBefore(now.minus(UsageEvent.MAX_AGE))) {
            return null;
        }
        if (e.isRefused() || e.isNotFound()) {
            int credentials = Credentials.of(own, authorization).size();
            refusals++;
            if (refusals % credentials != 0) {
                return now; // with the next credential
            }
            if (refusals >= MAX_ROUNDS * credentials) {
                return null;
            }
        }
        return now.plus(backoff.next(e.retryAfter()));
    }
}
