package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupIT {
    private static final int BACKUPS = 3;
    private static final int BATCH = 500;

    @TempDir
    Path folder;

    @Test
    void backupsUnderLoadVerifyAndHoldAllThatWasAcknowledgedBefore() throws Exception {
        var acknowledged = new AtomicInteger();
        var running = new AtomicBoolean(true);
        try (var exporter = new JarExporter(folder)) {
            exporter.record(Events.withId("first"));
            CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
                while (running.get()) {
                    assertThat(exporter.record(batch(acknowledged.get())).statusCode())
                            .isEqualTo(200);
                    acknowledged.addAndGet(BATCH);
                }
            });
            for (int i = 1; i <= BACKUPS; i++) {
                int before = acknowledged.get();
                int events = backedUp("backup-" + i + ".db");
                assertThat(events).isGreaterThan(before).isLessThanOrEqualTo(acknowledged.get() + BATCH + 1);
                assertThat((events - 1) % BATCH).isZero();
            }
            running.set(false);
            load.join();
            ProcessRunner.Result refused = run("restore", "backup-1.db");
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.err())
                    .contains("is in use by process " + exporter.handle().pid());
            assertThat(exporter.terminate()).isZero();
        }
        assertThat(run("restore", "backup-" + BACKUPS + ".db").status()).isZero();
        try (var exporter = new JarExporter(folder)) {
            assertThat(exporter.record(Events.withId("first")).body()).contains("\"duplicates\":1");
        }
        assertThat(run("verify").status()).isZero();
    }

    private int backedUp(String name) throws Exception {
        assertThat(run("backup", name).status()).isZero();
        ProcessRunner.Result verified = run("verify", "--storage.path=" + name);
        assertThat(verified.out()).endsWith(" events, all totals match\n");
        return Integer.parseInt(verified.out().replaceFirst("(?s).*: (\\d+) events.*", "$1"));
    }

    private static String batch(int from) {
        return IntStream.range(from, from + BATCH)
                .mapToObj(number -> Events.withId("event-" + number))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private ProcessRunner.Result run(String... arguments) throws Exception {
        return ProcessRunner.run(folder, "", ProcessRunner.jar(arguments));
    }
}
