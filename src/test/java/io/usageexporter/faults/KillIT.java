package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A response with status 200 holds even if the exporter is killed, again and again. */
class KillIT {
    private static final int KILLS = 100;
    private static final int ACKNOWLEDGED_PER_ROUND = 20;

    @TempDir
    Path folder;

    @Test
    void nothingAcknowledgedIsLostAndNothingIsCountedTwice() throws Exception {
        var clients = new RecordingClients();
        for (int round = 0; round < KILLS; round++) {
            try (var exporter = new JarExporter(folder)) {
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
        try (var exporter = new JarExporter(folder)) {
            clients.assertNothingLost(exporter);
            sent = clients.assertCountedOnce(exporter);
        }
        assertThat(ProcessRunner.run(folder, "", ProcessRunner.jar("verify")).out())
                .isEqualTo("data/usage.db: " + sent + " events, all totals match\n");
    }
}
