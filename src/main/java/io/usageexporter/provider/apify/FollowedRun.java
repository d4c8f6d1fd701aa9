package io.usageexporter.provider.apify;

import io.usageexporter.event.Amount;
import io.usageexporter.event.PendingRun;
import io.usageexporter.event.Source;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.polling.Backoff;
import io.usageexporter.polling.ProviderException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run that is followed: what is known of it, and when it is to be read next. A run is read until it has ended, and
 * once more when its figures have settled. Not thread-safe.
 */
final class FollowedRun {
    /** For how long a run's figures may still move after its end; Apify speaks of about ten seconds. */
    static final Duration SETTLING = Duration.ofSeconds(10);

    /** A run that ended this long ago by Apify's clock has settled, though ours may differ. */
    private static final Duration SURELY_SETTLED = Duration.ofSeconds(60);

    private static final Duration FIRST_INTERVAL = Duration.ofSeconds(10);
    private static final Duration LAST_INTERVAL = Duration.ofSeconds(60);
    private static final Duration LONGEST_REST = Duration.ofMinutes(10);

    /** Rounds through all credentials after which a run that none may see is given up. */
    private static final int MAX_ROUNDS = 8;

    private final String id;
    private final Source source;
    private final Instant since;
    private final Backoff backoff = new Backoff(
            FIRST_INTERVAL, LONGEST_REST, () -> ThreadLocalRandom.current().nextDouble());
    private @Nullable String category;
    private @Nullable String authorization;
    private @Nullable Amount recorded;
    private @Nullable Instant endedSince;
    private Duration interval = FIRST_INTERVAL;
    private int refusals;

    FollowedRun(PendingRun run, Source source, @Nullable String authorization, Instant since) {
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

    /** As which it counts; null for that of its actor. */
    @Nullable
    String category() {
        return category;
    }

    PendingRun pending() {
        return new PendingRun(id, category);
    }

    /** Learns of somebody else who saw the run; what was known first stays. */
    void join(@Nullable String otherCategory, @Nullable String otherAuthorization) {
        category = category == null ? otherCategory : category;
        authorization = authorization == null ? otherAuthorization : authorization;
    }

    /** Whether a run ended so long ago that its figures are final. */
    static boolean hasSettled(Run run, Instant now) {
        Instant finished = run.finishedAt();
        return run.isTerminal() && finished != null && !finished.isAfter(now.minus(SURELY_SETTLED));
    }

    /** Whether a sighting shows more than was handed on to be recorded so far; if so, it is handed on now. */
    boolean raises(Run run) {
        Amount units = run.computeUnits();
        if (!RunRecorder.counts(run) || (recorded != null && recorded.micros() >= units.micros())) {
            return false;
        }
        recorded = units;
        return true;
    }

    /** A sighting in passing; when to read the run instead of when it was planned, or null. */
    @Nullable
    Instant passedBy(Run run, Instant now) {
        if (!run.isTerminal()) {
            endedSince = null;
            return null;
        }
        if (endedSince != null) {
            return null;
        }
        endedSince = now;
        return now.plus(SETTLING);
    }

    /** A read; when to read the run again, or null when this was the last time. */
    @Nullable
    Instant read(Run run, Instant now) {
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

    /** How long to wait until the next read of a run that goes on; grows. */
    Duration nextInterval() {
        Duration next = interval;
        Duration twice = interval.multipliedBy(2);
        interval = twice.compareTo(LAST_INTERVAL) < 0 ? twice : LAST_INTERVAL;
        return next;
    }

    /** The credential to read it with: the next one after a refusal. */
    @Nullable
    String credential(@Nullable String own) {
        List<@Nullable String> credentials = Credentials.of(own, authorization);
        return credentials.get(refusals % credentials.size());
    }

    /** A read that failed; when to try again, or null when there is no use in it. */
    @Nullable
    Instant failed(ProviderException e, @Nullable String own, Instant now) {
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
