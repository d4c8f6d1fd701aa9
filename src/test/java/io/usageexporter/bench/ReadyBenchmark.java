package io.usageexporter.bench;

import java.util.ArrayList;
import java.util.List;

/** The duration of a start with an empty ledger. */
record ReadyBenchmark(BenchmarkEnvironment lab) implements Benchmarks.Benchmark {
    private static final int STARTS = 9;
    private static final double LIMIT_MS = 1500;

    @Override
    public List<ResultRow> run() throws Exception {
        var times = new ArrayList<Double>();
        for (int i = 0; i < STARTS; i++) {
            try (Server exporter = lab.exporter(lab.newFolder())) {
                times.add(exporter.readyMs());
            }
        }
        return List.of(ResultRow.below(LIMIT_MS, "ready after", PairedSamples.median(times), "ms"));
    }
}
