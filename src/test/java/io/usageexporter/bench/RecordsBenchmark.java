package io.usageexporter.bench;

import java.time.Duration;
import java.util.List;

/** Many clients that each record one event at a time, against a server that only reads what they send. */
record RecordsBenchmark(BenchmarkEnvironment lab) implements Benchmarks.Benchmark {
    private static final int CONNECTIONS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(25);
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final int ROUNDS = 7;
    private static final double TARGET = 0.4;

    @Override
    public List<ResultRow> run() throws Exception {
        var rounds = new PairedSamples();
        try (Server exporter = lab.exporter(lab.newFolder());
                Server baseline = lab.server(BaselineServer.class)) {
            rate(exporter, WARM_UP);
            rate(baseline, WARM_UP);
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(rate(exporter, ROUND), rate(baseline, ROUND));
            }
        }
        return List.of(ResultRow.atLeast(TARGET, "single records : not recording", rounds));
    }

    /** Single records per second. */
    static double rate(Server server, Duration duration) throws Exception {
        return LoadGenerator.rate(server, CONNECTIONS, Payload::single, duration);
    }
}
