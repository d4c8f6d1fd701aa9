package io.usageexporter.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.client.ThrottledLogger.Kind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records uses with a running exporter, and reads what is used and left.
 *
 * <p>{@link #record} and {@link #batch} take a use, fix its id and instant, and return at once; they never throw. A
 * daemon thread sends what was taken, in batches, and again after any failure, with rests that grow. A use counts once,
 * however often it is sent. Uses wait in memory, up to {@link UsageClientBuilder#maxQueue}: what is taken beyond it is
 * dropped, and what still waits when the process ends is lost, so {@link #close} the client at the end.
 *
 * <p>What can never be recorded is dropped: an invalid use, one beyond the queue's bound, one after the close. It is
 * counted and, once a minute at the most, logged by the {@link System.Logger} of this class's name.
 *
 * <p>Thread-safe. An application needs one client.
 */
public final class UsageClient implements AutoCloseable {
    private static final String USAGE = "/api/usage";
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);
    private static final long JOIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final ExporterClient exporter;
    private final Duration timeout;
    private final InstantSource clock;
    private final ThrottledLogger complaints = new ThrottledLogger();
    private final DropCounter drops = new DropCounter(complaints);
    private final SendQueue backlog;
    private final Sender sender;
    private final Thread thread;

    private UsageClient(UsageClientBuilder settings) {
        exporter = new ExporterClient(settings.url, settings.timeout);
        timeout = settings.timeout;
        clock = settings.clock;
        backlog = new SendQueue(settings.maxQueue);
        var backoff = new Backoff(settings.shortestRest, settings.longestRest, Math::random);
        sender = new Sender(exporter, backlog, drops, complaints, backoff, clock, settings.batchSize);
        thread = new Thread(null, sender, "usage-client", 0, false);
        thread.setDaemon(true);
    }

    /** Of a client of the exporter on this machine, unless set otherwise. */
    public static UsageClientBuilder builder() {
        return new UsageClientBuilder();
    }

    static UsageClient start(UsageClientBuilder settings) {
        var client = new UsageClient(settings);
        client.thread.start();
        return client;
    }

    /** Takes one use. */
    public void record(@Nullable UsageRecord use) {
        take(use, clock.instant());
    }

    /** Takes several uses. */
    public void batch(@Nullable Collection<? extends @Nullable UsageRecord> uses) {
        Instant now = clock.instant();
        try {
            if (uses == null) {
                take(null, now);
            } else {
                uses.forEach(use -> take(use, now));
            }
        } catch (RuntimeException e) {
            drops.add(Kind.INVALID, 1, "the collection cannot be read: " + e);
        }
    }

    private void take(@Nullable UsageRecord use, Instant now) {
        if (use == null) {
            drops.add(Kind.INVALID, 1, "it is null");
            return;
        }
        switch (backlog.offer(use.fixed(now))) {
            case TAKEN -> {}
            case FULL -> drops.add(Kind.QUEUE_FULL, 1, "as many wait as may, since the exporter takes none or too few");
            case CLOSED -> drops.add(Kind.CLOSED, 1, "the client is closed");
        }
    }

    /**
     * Reads {@code GET /api/usage}: trees keyed provider, window, resource, as in {@code
     * summary().at("/remaining/anthropic/daily/requests")}. Blocks up to the timeout.
     *
     * @throws UsageClientException when it cannot be read, or the thread is interrupted, which it then still is
     */
    public JsonNode summary() throws UsageClientException {
        String url = exporter + USAGE;
        HttpResponse<String> answer;
        try {
            answer = exporter.get(USAGE, "application/json");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageClientException(url + ": interrupted before the answer; ask again", e);
        } catch (IOException e) {
            throw new UsageClientException(url + ": " + ErrorMessages.of(e), e);
        }
        try {
            JsonNode summary = JSON.readTree(answer.body());
            if (answer.statusCode() == 200 && summary.has("remaining")) {
                return summary;
            }
        } catch (JsonProcessingException e) {
            // Said below; the exception itself would repeat the body.
        }
        throw new UsageClientException(url + ": " + ErrorMessages.of(answer));
    }

    /**
     * Has the uses that were taken before sent now, and waits until they are delivered, dropped, or the time is up. A
     * rest that the exporter asked for is kept where it ends in time. Returns early when the thread is interrupted,
     * which it then still is.
     *
     * @return how many are not delivered: those that still wait and are sent later, and those that were dropped since
     *     the last flush
     */
    public long flush(Duration atMost) {
        long deadline = System.nanoTime() + nanos(atMost);
        sender.hurry(deadline);
        return backlog.awaitSettled(deadline) + drops.untold();
    }

    /** Closes within the client's timeout. */
    @Override
    public void close() {
        close(timeout);
    }

    /**
     * Takes no more, flushes, and ends the thread. What is not delivered in time is lost, counted as dropped, and
     * logged. To close again does nothing.
     *
     * @return how many are not delivered, of those that were taken or dropped since the last flush
     */
    public long close(Duration atMost) {
        long deadline = System.nanoTime() + nanos(atMost);
        backlog.close();
        sender.hurry(deadline);
        backlog.awaitSettled(deadline);
        thread.interrupt();
        awaitEnd();
        int lost = backlog.clear();
        if (lost > 0) {
            drops.add(Kind.LOST, lost, "the client was closed before the exporter took them");
        }
        return drops.untold();
    }

    /** How many uses were dropped so far. */
    public long dropped() {
        return drops.total();
    }

    /** How many uses wait to be delivered. */
    public int waiting() {
        return backlog.size();
    }

    /** An interrupted sender ends at once; a thread that is itself interrupted waits for that, too. */
    private void awaitEnd() {
        long deadline = System.nanoTime() + JOIN_NANOS;
        boolean interrupted = false;
        while (thread.isAlive() && deadline - System.nanoTime() > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static long nanos(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return (duration.compareTo(LONGEST_WAIT) < 0 ? duration : LONGEST_WAIT).toNanos();
    }
}
