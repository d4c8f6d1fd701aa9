package io.usageexporter;

import io.usageexporter.polling.PollLoop;
import io.usageexporter.provider.PollResult;
import io.usageexporter.provider.PollResultJson;
import io.usageexporter.provider.ProviderService;
import io.usageexporter.quota.AccountPlan;
import io.usageexporter.recording.StateStore;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What polls of all providers have found. Exporters that share a ledger tell each other through it, so that all show what
 * the one that polls has found, and limits of accounts hold for all. Thread-safe.
 */
final class PollResults implements AutoCloseable {
    /** Where the results are in the ledger; no provider has such a name. */
    static final String STATE = "polls/";

    private static final Logger LOG = System.getLogger(PollResults.class.getName());
    private static final long EXCHANGED_EVERY_MS = 2000;
    private static final long TIMEOUT_SECONDS = 5;

    private final Supplier<SortedMap<String, ProviderService>> services;
    private final StateStore state;
    private final BooleanSupplier isInCharge;
    private final BiConsumer<String, AccountPlan> plan;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "poll-results");
    private volatile Map<String, Shared> shared = Map.of();

    private record Shared(String text, PollResult result) {}

    /**
     * Starts exchanging results with other exporters, if the ledger is shared.
     *
     * @param services of the providers
     * @param state the ledger's under {@link #STATE}
     * @param isInCharge whether this exporter polls
     * @param plan receives what the account of a provider allows, as another exporter found
     */
    PollResults(
            Supplier<SortedMap<String, ProviderService>> services,
            StateStore state,
            BooleanSupplier isInCharge,
            BiConsumer<String, AccountPlan> plan) {
        this.services = services;
        this.state = state;
        this.isInCharge = isInCharge;
        this.plan = plan;
        thread.setDaemon(true);
        if (state.isShared()) {
            thread.start();
        }
    }

    /** The results by provider, of those that are polled. */
    SortedMap<String, PollResult> all() {
        var all = new TreeMap<String, PollResult>();
        Map<String, Shared> others = shared;
        services.get().forEach((name, service) -> {
            PollResult own = service.pollResult();
            Shared other = others.get(name);
            if (own != null) {
                all.put(name, other == null || isFound(own, service) ? own : other.result());
            }
        });
        return all;
    }

    /** Whether a result is this exporter's, which polls and has polled everything at least once. */
    private static boolean isFound(PollResult own, ProviderService service) {
        PollLoop.State state = service.pollState();
        return state != null && state.success() != null && !own.isEmpty();
    }

    private void run() {
        try {
            do {
                exchange();
            } while (!closed.await(EXCHANGED_EVERY_MS, TimeUnit.MILLISECONDS));
            exchange(); // so that what was found last is not lost
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void exchange() throws InterruptedException {
        Map<String, String> stored;
        try {
            stored = state.all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "the results of polls cannot be read", e); // the recorder reports the same failure
            return;
        }
        var next = new TreeMap<String, Shared>();
        var left = new TreeMap<>(stored);
        services.get().forEach((name, service) -> {
            PollResult own = service.pollResult();
            if (own == null) {
                return;
            }
            String text = left.remove(name);
            if (isFound(own, service)) {
                publish(name, PollResultJson.write(own), text);
            } else if (text != null) {
                read(name, text, next);
            }
        });
        if (isInCharge.getAsBoolean()) {
            left.keySet().forEach(this::remove); // of providers that are polled no longer
        }
        shared = next;
    }

    /** Stores a result that differs from the one that is stored; if that fails, the next round stores it. */
    private void publish(String provider, String text, @Nullable String stored) {
        if (!text.equals(stored)) {
            CompletableFuture<Void> unused = state.put(provider, text);
        }
    }

    private void remove(String provider) {
        CompletableFuture<Void> unused = state.remove(provider);
    }

    private void read(String provider, String text, Map<String, Shared> next) {
        Shared before = shared.get(provider);
        try {
            PollResult result = before != null && before.text().equals(text)
                    ? before.result()
                    : PollResultJson.read(provider, text);
            next.put(provider, new Shared(text, result));
            if (result.plan() != null) {
                plan.accept(provider, result.plan());
            }
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "another version of the exporter polls " + provider, e);
        }
    }

    /** To be called before the services and the recorder are closed. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
