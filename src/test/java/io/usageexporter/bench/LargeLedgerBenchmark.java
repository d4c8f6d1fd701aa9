package io.usageexporter.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The same exporter on a large ledger and on an empty one. Rounds are short, since the empty one fills while it is
 * measured. Mostly warmed up with events without ids, which do not change the index of ids.
 */
record LargeLedgerBenchmark(BenchmarkEnvironment lab, long events) implements Benchmarks.Benchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(5);
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final int ROUNDS = 9;
    private static final int STARTS = 7;
    private static final int STEPS = 10;
    private static final double RATE_TARGET = 0.8;
    private static final double START_TARGET = 1.3;

    @Override
    public List<ResultRow> run() throws Exception {
        Path large = lab.newFolder();
        fill(large);
        PairedSamples starts = compareStarts(large);
        var records = new PairedSamples();
        var batches = new PairedSamples();
        try (Server onLarge = lab.exporter(large);
                Server onEmpty = lab.exporter(lab.newFolder())) {
            warmUp(onLarge);
            warmUp(onEmpty);
            for (int i = 0; i < ROUNDS; i++) {
                records.add(RecordsBenchmark.rate(onLarge, ROUND), RecordsBenchmark.rate(onEmpty, ROUND));
            }
            for (int i = 0; i < ROUNDS; i++) {
                batches.add(BatchesBenchmark.rate(onLarge, true, ROUND), BatchesBenchmark.rate(onEmpty, true, ROUND));
            }
        }
        String comparison = String.format(Locale.ROOT, " on %,d events : on none", events);
        return List.of(
                ResultRow.atLeast(RATE_TARGET, "records" + comparison, records),
                ResultRow.atLeast(RATE_TARGET, "batches" + comparison, batches),
                ResultRow.atMost(START_TARGET, "start" + comparison, starts));
    }

    private void fill(Path folder) throws Exception {
        try (Server exporter = lab.exporter(folder)) {
            for (int step = 1; step <= STEPS; step++) {
                BatchesBenchmark.fill(exporter, events / STEPS);
                System.err.printf(Locale.ROOT, "  %,d events%n", events / STEPS * step);
            }
        }
    }

    private PairedSamples compareStarts(Path large) throws Exception {
        Path empty = lab.newFolder();
        start(empty);
        var rounds = new PairedSamples();
        for (int i = 0; i < STARTS; i++) {
            rounds.add(start(large), start(empty));
        }
        return rounds;
    }

    private double start(Path folder) throws Exception {
        try (Server exporter = lab.exporter(folder)) {
            return exporter.readyMs();
        }
    }

    private static void warmUp(Server exporter) throws Exception {
        RecordsBenchmark.rate(exporter, WARM_UP);
        BatchesBenchmark.rate(exporter, false, WARM_UP);
        BatchesBenchmark.rate(exporter, true, ROUND);
    }
}
