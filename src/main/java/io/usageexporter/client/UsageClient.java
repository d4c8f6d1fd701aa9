package io.usageexporter.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.client.ThrottledLogger.Kind;
import io.usageexporter.httpclient.Backoff;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records usage with a running exporter, and reads what is used and left.
 *
 * <p>{@link #record} and {@link #batch} queue events with a fixed id and instant, and return at once; they never throw. A
 * daemon thread sends them in batches, and retries with exponential backoff. Each event counts once, however often it is
 * sent. The queue is in memory, holds up to {@link UsageClientBuilder#maxQueue} events, and does not survive the process,
 * so {@link #close} the client at the end.
 *
 * <p>Events are dropped if they are invalid, if the queue is full, or after the close. They are counted and, at most once
 * a minute, logged by the {@link System.Logger} of this class's name.
 *
 * <p>Thread-safe. An application needs one client.
 */
public final class UsageClient implements AutoCloseable {
    /** Limit of the delay that an exporter may request. */
    private static final Duration MAX_REQUESTED_DELAY = Duration.ofMinutes(5);

    private static final String USAGE = "/api/usage";
    private static final Duration MAX_WAIT = Duration.ofDays(365);
    private static final long JOIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final ExporterClient exporter;
    private final Duration timeout;
    private final InstantSource clock;
    private final ThrottledLogger log = new ThrottledLogger();
    private final DropCounter drops = new DropCounter(log);
    private final SendQueue queue;
    private final Sender sender;
    private final Thread thread;

    private UsageClient(UsageClientBuilder settings) {
        exporter = new ExporterClient(settings.url, settings.access, settings.timeout);
        timeout = settings.timeout;
        clock = settings.clock;
        queue = new SendQueue(settings.maxQueue);
        var backoff = new Backoff(settings.initialDelay, settings.maxDelay, MAX_REQUESTED_DELAY, Math::random);
        sender = new Sender(exporter, queue, drops, log, backoff, clock, settings.batchSize);
        thread = new Thread(null, sender, "usage-client", 0, false);
        thread.setDaemon(true);
    }

    /** A builder whose defaults are for an exporter on the same machine. */
    public static UsageClientBuilder builder() {
        return new UsageClientBuilder();
    }

    static UsageClient start(UsageClientBuilder settings) {
        var client = new UsageClient(settings);
        client.thread.start();
        return client;
    }

    /** Queues one event. */
    public void record(@Nullable UsageRecord record) {
        take(record, clock.instant());
    }

    /** Queues several events. */
    public void batch(@Nullable Collection<? extends @Nullable UsageRecord> records) {
        Instant now = clock.instant();
        try {
            if (records == null) {
                take(null, now);
            } else {
                records.forEach(record -> take(record, now));
            }
        } catch (RuntimeException e) {
            drops.add(Kind.INVALID, 1, "the collection cannot be read: " + e);
        }
    }

    private void take(@Nullable UsageRecord record, Instant now) {
        if (record == null) {
            drops.add(Kind.INVALID, 1, "it is null");
            return;
        }
        switch (queue.offer(record.fixed(now))) {
            case ACCEPTED -> {}
            case FULL -> drops.add(Kind.QUEUE_FULL, 1, "the queue is full, as the exporter accepts none or too few");
            case CLOSED -> drops.add(Kind.CLOSED, 1, "the client is closed");
        }
    }

    /**
     * Reads {@code GET /api/usage}: trees keyed by provider, window and resource, as in {@code
     * summary().at("/remaining/anthropic/daily/requests")}. The windows are {@code daily} and {@code monthly}, and where
     * the provider has a limit in them {@code hourly}, {@code weekly} and {@code session}. Blocks up to the timeout.
     *
     * @throws UsageClientException if it cannot be read, or the thread is interrupted; the interrupt flag is kept
     */
    public JsonNode summary() throws UsageClientException {
        String url = exporter + USAGE;
        HttpResponse<String> response;
        try {
            response = exporter.get(USAGE, "application/json");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageClientException(url + ": interrupted before the response; call again", e);
        } catch (IOException e) {
            throw new UsageClientException(url + ": " + ErrorMessages.of(e), e);
        }
        try {
            JsonNode summary = JSON.readTree(response.body());
            if (response.statusCode() == 200 && summary.has("remaining")) {
                return summary;
            }
        } catch (JsonProcessingException e) {
            // Reported below, without the body that this exception would repeat.
        }
        throw new UsageClientException(url + ": " + ErrorMessages.of(response));
    }

    /**
     * Sends all queued events now, and waits until they are delivered or dropped, or the time is up. A delay requested by
     * the exporter is respected if it ends in time. Returns early if the thread is interrupted; the interrupt flag is
     * kept.
     *
     * @return the number of events not delivered: those still queued, and those dropped since the last flush
     */
    public long flush(Duration atMost) {
        long deadline = System.nanoTime() + clampedNanos(atMost);
        sender.wakeUp(deadline);
        return queue.awaitSettled(deadline) + drops.takeUnreported();
    }

    /** Closes with the client's timeout. */
    @Override
    public void close() {
        close(timeout);
    }

    /**
     * Accepts no further events, flushes, and ends the thread. Events not delivered in time are lost, counted as dropped,
     * and logged. Closing again has no effect.
     *
     * @return the number of events not delivered, including those dropped since the last flush
     */
    public long close(Duration atMost) {
        long deadline = System.nanoTime() + clampedNanos(atMost);
        queue.close();
        sender.wakeUp(deadline);
        queue.awaitSettled(deadline);
        thread.interrupt();
        awaitEnd();
        int lost = queue.clear();
        if (lost > 0) {
            drops.add(Kind.LOST, lost, "the client was closed before the exporter accepted them");
        }
        return drops.takeUnreported();
    }

    /** The number of events dropped so far. */
    public long dropped() {
        return drops.total();
    }

    /** The number of events that wait to be delivered. */
    public int waiting() {
        return queue.size();
    }

    /** Waits for the interrupted sender, which ends at once, even if this thread is interrupted itself. */
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

    private static long clampedNanos(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return (duration.compareTo(MAX_WAIT) < 0 ? duration : MAX_WAIT).toNanos();
    }
}
