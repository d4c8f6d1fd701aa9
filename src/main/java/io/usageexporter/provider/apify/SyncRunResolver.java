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
 * Finds the runs of calls whose responses do not name them, by asking for the runs of the actor while
 * the call lasted. Thread-safe; never blocks.
 */
final class SyncRunResolver {
    /** Calls whose runs may be looked for at a time. */
    static final int MAX_CALLS = 1000;

    private static final Logger LOG = System.getLogger(SyncRunResolver.class.getName());

    /** By how much Apify's clock may differ. */
    private static final Duration CLOCK_MARGIN = Duration.ofSeconds(5);

    private static final List<Duration> RETRY_DELAYS =
            List.of(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(2));

    private final ApifyApi api;
    private final TaskScheduler scheduler;
    private final InstantSource clock;
    private final Found found;
    private final AtomicInteger calls = new AtomicInteger();

    /** Takes a run that was found, of which the figures are not known. */
    interface Found {
        void run(Run run, @Nullable String category, @Nullable String authorization);
    }

    SyncRunResolver(ApifyApi api, TaskScheduler scheduler, InstantSource clock, Found found) {
        this.api = api;
        this.scheduler = scheduler;
        this.clock = clock;
        this.found = found;
    }

    /**
     * Looks for the run of a call.
     *
     * @param credential with which to ask
     */
    void resolve(SyncCall call, Instant endedAt, @Nullable String credential) {
        if (calls.incrementAndGet() > MAX_CALLS) {
            calls.decrementAndGet();
            LOG.log(Level.WARNING, "too many synchronous runs are being resolved; leaving this one to the poller");
            return;
        }
        scheduler.now(() -> look(call, endedAt, credential, 0));
    }

    /** Calls whose runs are looked for. */
    int size() {
        return calls.get();
    }

    private void look(SyncCall call, Instant endedAt, @Nullable String credential, int triesBefore)
            throws InterruptedException {
        String why;
        try {
            boolean any = false;
            for (Run run : api.runsOf(
                            call.actor(), call.isTask(), call.startedAt().minus(CLOCK_MARGIN), credential)
                    .runs()) {
                if (startedDuring(call, endedAt, run)) {
                    any = true;
                    found.run(run, call.category(), call.authorization());
                }
            }
            if (any) {
                calls.decrementAndGet();
                return;
            }
            why = "there is none yet";
        } catch (ProviderException e) {
            why = String.valueOf(e.getMessage());
        }
        if (triesBefore < RETRY_DELAYS.size()) {
            scheduler.at(
                    clock.instant().plus(RETRY_DELAYS.get(triesBefore)),
                    () -> look(call, endedAt, credential, triesBefore + 1));
        } else {
            calls.decrementAndGet();
            LOG.log(Level.INFO, "the run of a call to {0} cannot be found: {1}", call.actor(), why);
        }
    }

    private static boolean startedDuring(SyncCall call, Instant endedAt, Run run) {
        Instant started = run.startedAt();
        return started != null
                && !started.isBefore(call.startedAt().minus(CLOCK_MARGIN))
                && !started.isAfter(endedAt.plus(CLOCK_MARGIN));
    }
}
