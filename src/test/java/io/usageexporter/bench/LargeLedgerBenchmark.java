package io.usageexporter.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The same exporter on a large ledger and on an empty one. */
record LargeLedgerBenchmark(Lab lab, long events) implements Benchmarks.Benchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final int ROUNDS = 5;
    private static final int STARTS = 7;
    private static final int STEPS = 10;
    private static final double RATE_TARGET = 0.8;
    private static final double START_TARGET = 1.3;

    private record Rates(double batches, double records) {}

    @Override
    public List<Line> run() throws Exception {
        Path large = lab.newFolder();
        fill(large);
        var starts = compareStarts(large);
        var batches = new Rounds();
        var records = new Rounds();
        for (int i = 0; i < ROUNDS; i++) {
            Rates onLarge = rates(large);
            Rates onEmpty = rates(lab.newFolder());
            batches.add(onLarge.batches(), onEmpty.batches());
            records.add(onLarge.records(), onEmpty.records());
        }
        String comparison = String.format(Locale.ROOT, " on %,d events : on none", events);
        return List.of(
                Line.atLeast(RATE_TARGET, "batches" + comparison, batches),
                Line.atLeast(RATE_TARGET, "records" + comparison, records),
                Line.atMost(START_TARGET, "start" + comparison, starts));
    }

    private void fill(Path folder) throws Exception {
        try (Server exporter = lab.exporter(folder)) {
            for (int step = 1; step <= STEPS; step++) {
                BatchesBenchmark.fill(exporter, events / STEPS);
                System.err.printf(Locale.ROOT, "  %,d events%n", events / STEPS * step);
            }
        }
    }

    private Rounds compareStarts(Path large) throws Exception {
        Path empty = lab.newFolder();
        start(empty);
        var rounds = new Rounds();
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

    /** In a new process, since a ledger does not stay empty while it is measured. */
    private Rates rates(Path folder) throws Exception {
        try (Server exporter = lab.exporter(folder)) {
            RecordsBenchmark.rate(exporter, WARM_UP);
            double records = RecordsBenchmark.rate(exporter, ROUND);
            BatchesBenchmark.rateWithIds(exporter, WARM_UP);
            return new Rates(BatchesBenchmark.rateWithIds(exporter, ROUND), records);
        }
    }
}
