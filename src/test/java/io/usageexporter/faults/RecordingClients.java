package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** Clients that record numbered events, each only once unless there was no response, and count which of them were acknowledged. */
final class RecordingClients {
    private static final int CLIENTS = 8;
    private static final String RECORDED =
            "api_usage_requests_total{category=\"recommendations\",model=\"\",provider=\"anthropic\"}";

    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    /** Clients that go on until they are stopped, or the exporter is gone. */
    final class Load implements AutoCloseable {
        private final AtomicBoolean running = new AtomicBoolean(true);
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final List<CompletableFuture<Void>> clients = new ArrayList<>();

        private Load(JarExporter exporter) {
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(CompletableFuture.runAsync(
                        () -> {
                            while (running.get()) {
                                record(exporter);
                            }
                        },
                        threads));
            }
        }

        private void record(JarExporter exporter) {
            String event = event(sent.incrementAndGet());
            while (exporter.handle().isAlive()) {
                try {
                    HttpResponse<String> response = exporter.record(event);
                    int status = response.statusCode();
                    assertThat(status).as(response.body()).isIn(200, 503);
                    assertThat(response.headers().map().containsKey("Retry-After"))
                            .isEqualTo(status == 503);
                    (status == 200 ? acknowledged : refused).incrementAndGet();
                    return;
                } catch (UncheckedIOException e) {
                    // The exporter was killed, or closed the connection without a response: the event is repeated.
                }
            }
            running.set(false);
        }

        void awaitAcknowledged(int more) {
            await(acknowledged, more);
        }

        void awaitRefused() {
            await(refused, 1);
        }

        private void await(AtomicInteger count, int more) {
            int enough = count.get() + more;
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> {
                        assertThat(clients).noneMatch(CompletableFuture::isCompletedExceptionally);
                        return count.get() >= enough;
                    });
        }

        @Override
        public void close() {
            stop();
        }

        /** Waits for the last responses. */
        void stop() {
            running.set(false);
            threads.shutdown();
            clients.forEach(CompletableFuture::join);
        }
    }

    Load load(JarExporter exporter) {
        return new Load(exporter);
    }

    /** All that was acknowledged is there, and nothing more than was sent. */
    void assertNothingLost(JarExporter exporter) {
        int least = acknowledged.get();
        assertThat(recorded(exporter)).isBetween(least, sent.get());
    }

    /** Sends every event once more; each is counted once in all. Returns their number. */
    int assertCountedOnce(JarExporter exporter) {
        repeat(exporter);
        assertThat(recorded(exporter)).isEqualTo(sent.get());
        return sent.get();
    }

    /** Sends every event once more, in one batch. */
    void repeat(JarExporter exporter) {
        String batch = IntStream.rangeClosed(1, sent.get())
                .mapToObj(RecordingClients::event)
                .collect(Collectors.joining(",", "[", "]"));
        HttpResponse<String> response = exporter.record(batch);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private static String event(int number) {
        return Events.withId("event-" + number);
    }

    /** From the counter, which is not reset at midnight. */
    private static int recorded(JarExporter exporter) {
        return exporter.metric(RECORDED).intValueExact();
    }
}
