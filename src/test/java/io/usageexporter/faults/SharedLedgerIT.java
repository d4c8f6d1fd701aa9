package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.ProcessRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exporters that share a ledger, under load: one is killed, one hangs, and the server is restarted. What any of them
 * acknowledged counts once, and no counter falls.
 */
class SharedLedgerIT {
    private static final int CLIENTS = 4;
    private static final int PER_PHASE = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String RECORDED =
            "api_usage_requests_total{category=\"recommendations\",model=\"\",provider=\"anthropic\"}";

    @TempDir
    Path folder;

    private final List<JarExporter> exporters = new CopyOnWriteArrayList<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicBoolean isRunning = new AtomicBoolean(true);

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void everyAcknowledgedEventCountsOnceWhateverIsKilledOrRestarted(int count) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (var server = new PostgresServer().start()) {
            String url = server.newDatabase();
            for (int i = 0; i < count; i++) {
                exporters.add(new JarExporter(folder, "--storage.url=" + url));
            }
            var tasks = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < CLIENTS; i++) {
                tasks.add(CompletableFuture.runAsync(this::send, threads));
            }
            for (int i = 0; i < count; i++) {
                int index = i;
                tasks.add(CompletableFuture.runAsync(() -> watch(index), threads));
            }
            awaitMore(tasks);
            exporters.get(0).kill();
            awaitMore(tasks);
            exporters.set(0, new JarExporter(exporters.get(0).http().port(), folder, "--storage.url=" + url));
            awaitMore(tasks);
            server.restart();
            awaitMore(tasks);
            signal("STOP", exporters.get(1));
            awaitMore(tasks);
            signal("CONT", exporters.get(1));
            awaitMore(tasks);
            isRunning.set(false);
            tasks.forEach(CompletableFuture::join);

            assertThat(acknowledged).hasValue(sent.get());
            for (JarExporter exporter : exporters) {
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(exporter.metric(RECORDED))
                                .isEqualByComparingTo(BigDecimal.valueOf(sent.get())));
            }
            try (LedgerReader reader = LedgerAddress.of(url).read()) {
                assertThat(reader.verify()).isEqualTo(new Verification(sent.get(), List.of()));
            }
        } finally {
            isRunning.set(false);
            exporters.forEach(JarExporter::close);
            threads.shutdown();
        }
    }

    /** Sends each event to one exporter and, as soon as there is no answer that accepts it, to the next. */
    private void send() {
        while (isRunning.get()) {
            int number = sent.incrementAndGet();
            String event = Events.withId("event-" + number);
            for (int i = number; !isAccepted(exporters.get(i % exporters.size()), event); i++) {
                Thread.onSpinWait();
            }
            acknowledged.incrementAndGet();
            isAccepted(exporters.get((number + 1) % exporters.size()), event); // which does not count
        }
    }

    private static boolean isAccepted(JarExporter exporter, String event) {
        HttpRequest request = HttpRequest.newBuilder(exporter.http().uri("/api/usage"))
                .header("Content-Type", "application/json")
                .timeout(PATIENCE) // of the one that hangs
                .POST(BodyPublishers.ofString(event))
                .build();
        try {
            int status = HTTP.send(request, BodyHandlers.discarding()).statusCode();
            assertThat(status).isIn(200, 503);
            return status == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Looks at the counter of an exporter, also when it was started again. */
    private void watch(int index) {
        BigDecimal before = BigDecimal.ZERO;
        while (isRunning.get()) {
            try {
                BigDecimal counter = exporters.get(index).metrics().getOrDefault(RECORDED, BigDecimal.ZERO);
                assertThat(counter).isGreaterThanOrEqualTo(before);
                before = counter;
            } catch (UncheckedIOException e) {
                // It was killed.
            }
            await().pollDelay(Duration.ofMillis(250)).until(() -> true);
        }
    }

    private void awaitMore(List<CompletableFuture<Void>> tasks) {
        int enough = acknowledged.get() + PER_PHASE;
        await().atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    assertThat(tasks).noneMatch(CompletableFuture::isCompletedExceptionally);
                    return acknowledged.get() >= enough;
                });
    }

    private void signal(String name, JarExporter exporter) throws Exception {
        ProcessRunner.run(
                folder,
                "",
                List.of("sh", "-c", "kill -" + name + " " + exporter.handle().pid()));
    }
}
