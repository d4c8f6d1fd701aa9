package io.usageexporter.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Recording in each second of a backup: as much as possible, against the same without one, and at a given rate. */
record BackupBenchmark(BenchmarkEnvironment lab, long events) implements Benchmarks.Benchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final int BACKUPS = 5;
    private static final double TARGET = 0.5;

    private static final int RATE = 20_000;
    /** A little more than the rate, of which a second then has enough in any case. */
    private static final double PACE = 1.02 * RATE;

    private static final int EVENTS_PER_POST = 100;
    private static final int CONNECTIONS = 16;
    private static final double SECONDS_BELOW = 1;
    private static final double LATEST_MS = 1000;

    @Override
    public List<ResultRow> run() throws Exception {
        Path folder = lab.newFolder();
        var rounds = new PairedSamples();
        Pace pace;
        try (Server exporter = lab.exporter(folder)) {
            BatchesBenchmark.fill(exporter, events);
            BatchesBenchmark.rate(exporter, true, WARM_UP);
            for (int i = 1; i <= BACKUPS; i++) {
                Path backup = folder.resolve("backup-" + i + ".db");
                Process process = lab.backup(folder, backup);
                while (process.isAlive()) {
                    double during = BatchesBenchmark.rate(exporter, true, ROUND);
                    rounds.add(during, BatchesBenchmark.rate(exporter, true, ROUND));
                }
                awaitSuccess(process);
                Files.delete(backup);
            }
            Path backup = folder.resolve("backup.db");
            pace = new Pace(PACE, EVENTS_PER_POST);
            Process process = lab.backup(folder, backup);
            LoadGenerator.paced(
                    exporter, CONNECTIONS, () -> Payload.batchWithIds(EVENTS_PER_POST), pace, process::isAlive);
            pace.end();
            awaitSuccess(process);
            lab.verify(backup);
        }
        String name = String.format(Locale.ROOT, "backup of %,d events", events);
        String atRate = String.format(Locale.ROOT, "%,d events/s in a backup", RATE);
        return List.of(
                ResultRow.atLeast(TARGET, "batches during a " + name + " : without", rounds),
                ResultRow.below(SECONDS_BELOW, "seconds in a row below " + atRate, pace.secondsBelow(RATE), "s"),
                ResultRow.below(LATEST_MS, "latest response at " + atRate, pace.latestMillis(), "ms"));
    }

    private static void awaitSuccess(Process backup) throws InterruptedException {
        if (backup.waitFor() != 0) {
            throw new IllegalStateException("the backup failed");
        }
    }
}
