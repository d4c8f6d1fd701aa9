package io.usageexporter.faults;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RequiredTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a power cut leaves on the disk: all that was written before the last sync, and of what was written since then any
 * part. The system calls of a real exporter under load are recorded, and played up to a thousand moments.
 */
class PowerCutIT {
    private static final int CUTS = 1000;
    private static final int ACKNOWLEDGED = 1000;

    @TempDir
    Path folder;

    @Test
    void whatWasAcknowledgedIsThereAndTheRestIsWholeOrAbsent() throws Exception {
        List<SystemCall> calls = SystemCall.read(traceOfAnExporterUnderLoad());
        int first = firstResponse(calls);
        long seed = new Random().nextLong();
        var random = new Random(seed);
        int[] cuts = random.ints(CUTS, first, calls.size()).sorted().toArray();
        var disk = new PowerlessDisk();
        int acknowledged = 0;
        int played = 0;
        for (int cut : cuts) {
            for (; played <= cut; played++) {
                SystemCall call = calls.get(played);
                disk.play(call);
                acknowledged += call.responses();
            }
            Path copy = Files.createDirectories(folder.resolve("cut")).resolve("usage.db");
            disk.cutPower(random, requireNonNull(copy.getParent()));
            LedgerAddress.of(copy).open().close();
            try (LedgerReader reader = LedgerAddress.of(copy).read()) {
                Verification verification = reader.verify();
                assertThat(verification.differences())
                        .as("after system call %d, with the random seed %d", cut, seed)
                        .isEmpty();
                assertThat(verification.events())
                        .as("events after system call %d, with the random seed %d", cut, seed)
                        .isGreaterThanOrEqualTo(acknowledged);
            }
        }
        assertThat(acknowledged).isGreaterThan(ACKNOWLEDGED / 2);
    }

    private Path traceOfAnExporterUnderLoad() throws Exception {
        Path trace = folder.resolve("trace");
        var command = new ArrayList<>(List.of(
                RequiredTool.require("strace", "strace"),
                "--daemonize",
                "--follow-forks",
                "--quiet=all",
                "--seccomp-bpf",
                "--decode-fds=path",
                "--strings-in-hex=all",
                "--string-limit=1000000",
                "--trace=" + SystemCall.TRACED,
                "--output=" + trace));
        command.addAll(ProcessRunner.jar("--web.listen-address=127.0.0.1:0"));
        var clients = new RecordingClients();
        try (var exporter = new JarExporter(folder, Map.of(), command);
                var load = clients.load(exporter)) {
            load.awaitAcknowledged(ACKNOWLEDGED);
            load.stop();
            assertThat(exporter.terminate()).isZero();
        }
        return trace;
    }

    private static int firstResponse(List<SystemCall> calls) {
        int index = 0;
        while (calls.get(index).responses() == 0) {
            index++;
        }
        return index;
    }
}
