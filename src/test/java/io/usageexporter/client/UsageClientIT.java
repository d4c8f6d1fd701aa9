package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.TokenKind;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client with a packaged exporter that starts late, is killed, and starts again. */
class UsageClientIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int THREADS = 4;
    private static final int EVENTS_PER_THREAD = 250;
    private static final int EVENTS = 3 * THREADS * EVENTS_PER_THREAD;

    /** Time of all events, so that they belong to one day even if it ends during the test. */
    private final Instant at = Instant.now();

    @TempDir
    Path folder;

    @Test
    void everyEventCountsOnceThoughTheExporterIsKilled() throws Exception {
        int port = freePort();
        try (var client = UsageClient.builder()
                .url("http://127.0.0.1:" + port)
                .maxQueue(EVENTS)
                .batchSize(10)
                .retryDelays(Duration.ofMillis(10), Duration.ofMillis(100))
                .build()) {
            work(client).join();
            assertThat(client.waiting()).isEqualTo(EVENTS / 3);
            List<CompletableFuture<Void>> meanwhile;
            try (var exporter = new JarExporter(port, folder)) {
                meanwhile = List.of(work(client), work(client));
                awaitUntil(() -> counted("requests", exporter) > EVENTS / 10);
                exporter.kill();
            }
            meanwhile.forEach(CompletableFuture::join);
            assertThat(client.waiting()).isBetween(1, EVENTS * 9 / 10);
            try (var exporter = new JarExporter(port, folder)) {
                assertThat(client.flush(LONG)).isZero();
                assertThat(counted("requests", exporter)).isEqualTo(EVENTS);
                assertThat(counted("tokens", exporter)).isEqualTo(5 * EVENTS);
                assertThat(exporter.terminate()).isZero();
            }
        }
        assertThat(ProcessRunner.run(folder, "", ProcessRunner.jar("verify")).out())
                .isEqualTo("data/usage.db: " + EVENTS + " events, all totals match\n");
    }

    /** Records from several threads. */
    private CompletableFuture<Void> work(UsageClient client) {
        UsageRecord record =
                UsageRecord.of("anthropic").category("recommendations").at(at).tokens(TokenKind.INPUT, 5);
        return CompletableFuture.allOf(IntStream.range(0, THREADS)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < EVENTS_PER_THREAD; i++) {
                        client.record(record);
                    }
                }))
                .toArray(CompletableFuture[]::new));
    }

    private int counted(String resource, JarExporter exporter) {
        return TestExporter.json(exporter.http().get("/api/usage?at=" + at).body())
                .at("/used/anthropic/daily/" + resource)
                .asInt();
    }

    private static void awaitUntil(Callable<Boolean> condition) {
        Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(condition);
    }

    /** Below the range of outgoing connections, so that it is still free after the kill. */
    private static int freePort() throws IOException {
        for (int attempt = 0; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                if (attempt == 100) {
                    throw e;
                }
            }
        }
    }
}
