package io.usageexporter.polling;

import io.usageexporter.httpclient.Backoff;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Polls a provider at once and then at every interval, on a thread of its own. Failed polls back off exponentially, up to
 * an hour, and honour the provider's Retry-After within that. Logs the first failure and the recovery. Of exporters that
 * share a ledger only the one in charge polls. Thread-safe.
 */
public final class PollLoop implements AutoCloseable {
    /** The longest delay after a failure. */
    public static final Duration MAX_BACKOFF = Duration.ofHours(1);

    private static final Duration INITIAL_BACKOFF = Duration.ofMinutes(1);
    private static final Duration UNTIL_IN_CHARGE = Duration.ofSeconds(1);
    private static final State NOT_POLLED = new State(null, null);
    private static final long CLOSE_SECONDS = 5;
    private static final Logger LOG = System.getLogger(PollLoop.class.getName());

    private final String provider;
    private final Duration interval;
    private final PollTask poll;
    private final BooleanSupplier isInCharge;
    private final InstantSource clock;
    private final Sleeper sleeper;
    private final Backoff backoff;
    private final Thread thread;
    private volatile State state = NOT_POLLED;

    /**
     * The outcome of the polls so far.
     *
     * @param success whether the last poll succeeded; null before the first has ended
     * @param lastSuccess when a poll last succeeded, or null
     */
    public record State(@Nullable Boolean success, @Nullable Instant lastSuccess) {
        /** The outcome of this loop and another one: a success if both are, as of the earlier one. */
        public State and(State other) {
            boolean failed = Boolean.FALSE.equals(success) || Boolean.FALSE.equals(other.success);
            boolean pending = success == null || other.success == null;
            return new State(failed ? Boolean.FALSE : pending ? null : Boolean.TRUE, earlier(other));
        }

        private @Nullable Instant earlier(State other) {
            return lastSuccess == null || (other.lastSuccess != null && lastSuccess.isBefore(other.lastSuccess))
                    ? lastSuccess
                    : other.lastSuccess;
        }
    }

    private PollLoop(
            String provider,
            Duration interval,
            PollTask poll,
            BooleanSupplier isInCharge,
            InstantSource clock,
            Sleeper sleeper,
            DoubleSupplier jitter) {
        this.provider = provider;
        this.interval = interval;
        this.poll = poll;
        this.isInCharge = isInCharge;
        this.clock = clock;
        this.sleeper = sleeper;
        this.backoff = new Backoff(
                interval.compareTo(INITIAL_BACKOFF) < 0 ? interval : INITIAL_BACKOFF, MAX_BACKOFF, MAX_BACKOFF, jitter);
        this.thread = new Thread(this::run, "poll-" + provider);
        thread.setDaemon(true);
    }

    /**
     * Starts polling.
     *
     * @param provider the name in the log
     * @param poll run by one thread
     * @param isInCharge whether this exporter polls at the moment
     */
    public static PollLoop start(
            String provider, Duration interval, PollTask poll, BooleanSupplier isInCharge, InstantSource clock) {
        return start(
                provider,
                interval,
                poll,
                isInCharge,
                clock,
                Sleeper.SLEEP,
                () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * Starts polling.
     *
     * @param sleeper waits between polls
     * @param jitter supplies random numbers from 0 to 1 for the delay after a failure
     */
    public static PollLoop start(
            String provider,
            Duration interval,
            PollTask poll,
            BooleanSupplier isInCharge,
            InstantSource clock,
            Sleeper sleeper,
            DoubleSupplier jitter) {
        var loop = new PollLoop(provider, interval, poll, isInCharge, clock, sleeper, jitter);
        loop.thread.start();
        return loop;
    }

    /** The outcome of the polls so far; unknown while another exporter polls. */
    public State state() {
        return isInCharge.getAsBoolean() ? state : NOT_POLLED;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                sleeper.sleep(isInCharge.getAsBoolean() ? pollOnce() : stepBack());
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "stopped polling {0}", provider); // closed
        }
    }

    private Duration stepBack() {
        state = NOT_POLLED;
        backoff.reset();
        return UNTIL_IN_CHARGE;
    }

    /** Returns the delay until the next poll. */
    private Duration pollOnce() throws InterruptedException {
        try {
            poll.run();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            failed(e);
            return backoff.next(e instanceof ProviderException failure ? failure.retryAfter() : null);
        }
        if (Boolean.FALSE.equals(state.success())) {
            LOG.log(Level.INFO, "polling {0} succeeds again", provider);
        }
        state = new State(true, clock.instant());
        backoff.reset();
        return interval;
    }

    private void failed(Throwable e) {
        if (!Boolean.FALSE.equals(state.success()) && !Thread.currentThread().isInterrupted()) {
            LOG.log(
                    Level.WARNING,
                    "polling {0} failed, will retry: {1}",
                    provider,
                    e instanceof ProviderException ? e.getMessage() : ExceptionOrigin.of(e));
        }
        state = new State(false, state.lastSuccess());
    }

    /** Stops polling, interrupting a poll in progress, and waits up to a few seconds for it to end. */
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
