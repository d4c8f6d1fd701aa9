package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A response with status 200 holds even if the exporter is killed, again and again. */
class KillIT {
    /** With ledgers of their own, side by side, since a start uses one processor at a time. */
    private static final int EXPORTERS = 4;

    private static final int KILLS_OF_EACH = 25;
    private static final int ACKNOWLEDGED_PER_ROUND = 20;

    @TempDir
    Path folder;

    @Test
    void nothingAcknowledgedIsLostAndNothingIsCountedTwiceInAHundredKills() throws Exception {
        var all = new ArrayList<Callable<Void>>();
        for (int i = 1; i <= EXPORTERS; i++) {
            Path own = Files.createDirectory(folder.resolve("exporter-" + i));
            all.add(() -> {
                killAgainAndAgain(own);
                return null;
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(EXPORTERS);
        try {
            for (Future<Void> each : threads.invokeAll(all)) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static void killAgainAndAgain(Path own) throws Exception {
        var clients = new RecordingClients();
        for (int round = 0; round < KILLS_OF_EACH; round++) {
            try (var exporter = new JarExporter(own)) {
                if (round > 0) {
                    clients.assertNothingLost(exporter);
                }
                try (var load = clients.load(exporter)) {
                    load.awaitAcknowledged(ACKNOWLEDGED_PER_ROUND);
                    exporter.kill();
                }
            }
        }
        int sent;
        try (var exporter = new JarExporter(own)) {
            clients.assertNothingLost(exporter);
            sent = clients.assertCountedOnce(exporter);
        }
        assertThat(ProcessRunner.run(own, "", ProcessRunner.jar("verify")).out())
                .isEqualTo("data/usage.db: " + sent + " events, all totals match\n");
    }
}
