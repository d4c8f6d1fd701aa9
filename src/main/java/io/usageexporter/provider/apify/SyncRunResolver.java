package io.usageexporter.provider.apify;

import io.usageexporter.polling.ProviderException;
import io.usageexporter.polling.TaskScheduler;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the runs of calls whose responses do not name them, by listing the runs that the actor started during the call.
 * Thread-safe; never blocks.
 */
final class SyncRunResolver {
    /** Maximum number of calls that are being resolved. */
    static final int MAX_CALLS = 1000;

    private static final Logger LOG = System.getLogger(SyncRunResolver.class.getName());

    /** Allowance for the difference to Apify's clock. */
    private static final Duration CLOCK_MARGIN = Duration.ofSeconds(5);

    private static final List<Duration> RETRY_DELAYS =
            List.of(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(2));

    private final ApifyApi api;
    private final TaskScheduler scheduler;
    private final InstantSource clock;
    private final Listener listener;
    private final AtomicInteger calls = new AtomicInteger();

    interface Listener {
        /** A run was found; its figures are unknown. */
        void onFound(Run run, RunAttribution attribution, @Nullable String authorization);
    }

    SyncRunResolver(ApifyApi api, TaskScheduler scheduler, InstantSource clock, Listener listener) {
        this.api = api;
        this.scheduler = scheduler;
        this.clock = clock;
        this.listener = listener;
    }

    /**
     * Finds the run of a call.
     *
     * @param credential for listing the runs
     */
    void resolve(SyncCall call, Instant endedAt, @Nullable String credential) {
        if (calls.incrementAndGet() > MAX_CALLS) {
            calls.decrementAndGet();
            LOG.log(Level.WARNING, "too many synchronous runs are being resolved; leaving this one to the poller");
            return;
        }
        scheduler.now(() -> attempt(call, endedAt, credential, 0));
    }

    /** The number of calls that are being resolved. */
    int size() {
        return calls.get();
    }

    private void attempt(SyncCall call, Instant endedAt, @Nullable String credential, int attemptsBefore)
            throws InterruptedException {
        String why;
        try {
            boolean isFound = false;
            for (Run run : api.runsOf(
                            call.actor(), call.isTask(), call.startedAt().minus(CLOCK_MARGIN), credential)
                    .runs()) {
                if (startedDuring(call, endedAt, run)) {
                    isFound = true;
                    listener.onFound(run, call.attribution(), call.authorization());
                }
            }
            if (isFound) {
                calls.decrementAndGet();
                return;
            }
            why = "none is listed";
        } catch (ProviderException e) {
            why = String.valueOf(e.getMessage());
        }
        if (attemptsBefore < RETRY_DELAYS.size()) {
            scheduler.at(
                    clock.instant().plus(RETRY_DELAYS.get(attemptsBefore)),
                    () -> attempt(call, endedAt, credential, attemptsBefore + 1));
        } else {
            calls.decrementAndGet();
            LOG.log(Level.INFO, "cannot find the run of a synchronous call to {0}: {1}", call.actor(), why);
        }
    }

    private static boolean startedDuring(SyncCall call, Instant endedAt, Run run) {
        Instant started = run.startedAt();
        return started != null
                && !started.isBefore(call.startedAt().minus(CLOCK_MARGIN))
                && !started.isAfter(endedAt.plus(CLOCK_MARGIN));
    }
}
