package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A response with status 200 holds even if the exporter is killed. */
class KillIT {
    private static final int ROUNDS = 5;
    private static final int CLIENTS = 8;
    private static final int ACKNOWLEDGED_PER_ROUND = 300;

    @TempDir
    Path folder;

    @Test
    void nothingAcknowledgedIsLostAndNothingIsCountedTwice() throws Exception {
        var sent = new AtomicInteger();
        var acknowledged = new AtomicInteger();
        for (int round = 0; round < ROUNDS; round++) {
            try (var exporter = new JarExporter(folder)) {
                killUnderLoad(exporter, sent, acknowledged);
            }
            try (var exporter = new JarExporter(folder)) {
                assertThat(counted(exporter)).isBetween(acknowledged.get(), sent.get());
            }
        }
        try (var exporter = new JarExporter(folder)) {
            for (int number = 1; number <= sent.get(); number++) {
                assertThat(exporter.record(Events.withId("event-" + number)).statusCode())
                        .isEqualTo(200);
            }
            assertThat(counted(exporter)).isEqualTo(sent.get());
        }
        assertThat(ProcessRunner.run(folder, "", ProcessRunner.jar("verify")).out())
                .isEqualTo("data/usage.db: " + sent.get() + " events, all totals match\n");
    }

    private static void killUnderLoad(JarExporter exporter, AtomicInteger sent, AtomicInteger acknowledged)
            throws InterruptedException {
        var running = new AtomicBoolean(true);
        int enough = acknowledged.get() + ACKNOWLEDGED_PER_ROUND;
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            clients.add(CompletableFuture.runAsync(() -> {
                while (running.get()) {
                    String event = Events.withId("event-" + sent.incrementAndGet());
                    try {
                        if (exporter.record(event).statusCode() == 200) {
                            acknowledged.incrementAndGet();
                        }
                    } catch (UncheckedIOException e) {
                        return; // killed
                    }
                }
            }));
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> acknowledged.get() >= enough);
        exporter.kill();
        running.set(false);
        clients.forEach(CompletableFuture::join);
    }

    /** From the counter, which is not reset at midnight. */
    private static int counted(JarExporter exporter) {
        return exporter.metric(
                        "api_usage_requests_total{category=\"recommendations\",model=\"\",provider=\"anthropic\"}")
                .intValueExact();
    }
}
