package io.usageexporter.bench;

import java.time.Duration;
import java.util.List;

/** A few clients that record large batches, against a loop that fills the same table. */
record BatchesBenchmark(BenchmarkEnvironment lab) implements Benchmarks.Benchmark {
    private static final int CONNECTIONS = 4;
    private static final int EVENTS = 1000;
    private static final Duration WARM_UP = Duration.ofSeconds(6);
    private static final Duration ROUND = Duration.ofSeconds(4);
    private static final int ROUNDS = 5;
    private static final double TARGET = 0.5;
    private static final double TARGET_WITH_IDS = 0.25;

    @Override
    public List<ResultRow> run() throws Exception {
        return List.of(
                ResultRow.atLeast(TARGET, "batches : bare inserts", measure(false)),
                ResultRow.atLeast(TARGET_WITH_IDS, "batches with random ids : bare inserts", measure(true)));
    }

    private PairedSamples measure(boolean ids) throws Exception {
        var rounds = new PairedSamples();
        try (Server exporter = lab.exporter(lab.newFolder())) {
            rate(exporter, ids, WARM_UP);
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(rate(exporter, ids, ROUND), bareRate(ids));
            }
        }
        return rounds;
    }

    private double bareRate(boolean ids) throws Exception {
        return Double.parseDouble(lab.run(BareLedger.class, lab.newFolder() + ".db", Boolean.toString(ids)));
    }

    /** Events per second in batches, with random ids or without. */
    static double rate(Server exporter, boolean ids, Duration duration) throws Exception {
        return LoadGenerator.rate(
                exporter, CONNECTIONS, () -> ids ? Payload.batchWithIds(EVENTS) : Payload.batch(EVENTS), duration);
    }

    /** Records a number of events with random ids. */
    static void fill(Server exporter, long events) throws Exception {
        LoadGenerator.post(exporter, CONNECTIONS, () -> Payload.batchWithIds(EVENTS), events / EVENTS);
    }
}
