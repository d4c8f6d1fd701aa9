package io.usageexporter.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Recording in each second of a backup, and without one. */
record BackupBenchmark(BenchmarkEnvironment lab, long events) implements Benchmarks.Benchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final int BACKUPS = 5;
    private static final double TARGET = 0.5;

    @Override
    public List<ResultRow> run() throws Exception {
        Path folder = lab.newFolder();
        var rounds = new PairedSamples();
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
                if (process.exitValue() != 0) {
                    throw new IllegalStateException("the backup failed");
                }
                Files.delete(backup);
            }
        }
        return List.of(ResultRow.atLeast(
                TARGET, String.format(Locale.ROOT, "batches during a backup of %,d events : without", events), rounds));
    }
}
