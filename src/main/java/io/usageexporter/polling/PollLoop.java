package io.usageexporter.polling;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Polls a provider at once and then at every interval, on a thread of its own. Whatever a poll throws, the next one
 * comes: later each time, at the most an hour later, and as late as the provider asks within that. The first failure is
 * logged, and the success that ends the trouble. Thread-safe.
 */
public final class PollLoop implements AutoCloseable {
    /** The longest delay after a failure. */
    public static final Duration LONGEST_REST = Duration.ofHours(1);

    private static final Duration FIRST_REST = Duration.ofMinutes(1);
    private static final long CLOSE_SECONDS = 5;
    private static final Logger LOG = System.getLogger(PollLoop.class.getName());

    private final String provider;
    private final Duration interval;
    private final PollTask poll;
    private final InstantSource clock;
    private final Sleeper sleeper;
    private final Backoff backoff;
    private final Thread thread;
    private volatile State state = new State(null, null);

    /**
     * How the polls went.
     *
     * @param success of the last one; null before the first one ended
     * @param lastSuccess when one last succeeded, or null
     */
    public record State(@Nullable Boolean success, @Nullable Instant lastSuccess) {}

    private PollLoop(
            String provider,
            Duration interval,
            PollTask poll,
            InstantSource clock,
            Sleeper sleeper,
            DoubleSupplier chance) {
        this.provider = provider;
        this.interval = interval;
        this.poll = poll;
        this.clock = clock;
        this.sleeper = sleeper;
        this.backoff = new Backoff(interval.compareTo(FIRST_REST) < 0 ? interval : FIRST_REST, LONGEST_REST, chance);
        this.thread = new Thread(this::run, "poll-" + provider);
        thread.setDaemon(true);
    }

    /**
     * Starts to poll.
     *
     * @param provider its name, for the log
     * @param poll called by one thread
     */
    public static PollLoop start(String provider, Duration interval, PollTask poll, InstantSource clock) {
        return start(
                provider,
                interval,
                poll,
                clock,
                Sleeper.SLEEP,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * Starts to poll.
     *
     * @param sleeper waits between two polls
     * @param chance from 0 to 1, for the jitter of the delay after a failure
     */
    public static PollLoop start(
            String provider,
            Duration interval,
            PollTask poll,
            InstantSource clock,
            Sleeper sleeper,
            DoubleSupplier chance) {
        var loop = new PollLoop(provider, interval, poll, clock, sleeper, chance);
        loop.thread.start();
        return loop;
    }

    /** How the polls went so far. */
    public State state() {
        return state;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                sleeper.sleep(pollOnce());
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "no more polls of {0}", provider); // it is closed
        }
    }

    /** Returns how long to wait then. */
    private Duration pollOnce() throws InterruptedException {
        try {
            poll.run();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            failed(e);
            return backoff.next(e instanceof ProviderException answer ? answer.retryAfter() : null);
        }
        if (Boolean.FALSE.equals(state.success())) {
            LOG.log(Level.INFO, "the usage API of {0} answers again", provider);
        }
        state = new State(true, clock.instant());
        backoff.reset();
        return interval;
    }

    private void failed(Throwable e) {
        if (!Boolean.FALSE.equals(state.success()) && !Thread.currentThread().isInterrupted()) {
            LOG.log(
                    Level.WARNING,
                    "the usage API of {0} cannot be read, which is tried again: {1}",
                    provider,
                    e instanceof ProviderException ? e.getMessage() : ExceptionOrigin.of(e));
        }
        state = new State(false, state.lastSuccess());
    }

    /** Ends polling, a poll under way included, and waits for that a few seconds at the most. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
