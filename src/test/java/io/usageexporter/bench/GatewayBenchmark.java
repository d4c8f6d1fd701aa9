package io.usageexporter.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Calls through the gateway, which meters them, against calls through nginx, which only forwards them. */
record GatewayBenchmark(BenchmarkEnvironment lab) implements Benchmarks.Benchmark {
    private static final int CONNECTIONS = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(25);
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final int ROUNDS = 7;
    private static final double RATE_TARGET = 0.6;
    private static final int WARM_UP_CALLS = 3000;
    private static final int CALLS = 3000;
    private static final int WARM_UP_STREAMS = 100;
    private static final int STREAMS = 500;
    private static final double LIMIT_MS = 1;

    /** A measurement of one call. */
    private interface Timed {
        double millis(LatencyProbe caller) throws IOException;
    }

    @Override
    public List<ResultRow> run() throws Exception {
        try (Server provider = lab.server(QuickProvider.class);
                Server nginx = lab.nginx(provider);
                Server exporter = lab.gateway(lab.newFolder(), "128m", provider)) {
            var rates = new PairedSamples();
            rate(exporter, WARM_UP);
            rate(nginx, ROUND);
            for (int i = 0; i < ROUNDS; i++) {
                rates.add(rate(exporter, ROUND), rate(nginx, ROUND));
            }
            PairedSamples calls = compare(exporter, nginx, WARM_UP_CALLS, CALLS, LatencyProbe::callMillis);
            PairedSamples events = compare(exporter, nginx, WARM_UP_STREAMS, STREAMS, LatencyProbe::firstEventMillis);
            return List.of(
                    ResultRow.atLeast(RATE_TARGET, "calls through the gateway : nginx", rates),
                    ResultRow.notAbove(
                            LIMIT_MS, "a call through the gateway", calls.measured(), calls.reference(), "ms"),
                    ResultRow.below(LIMIT_MS, "first event passed on after", events.measured(), "ms"),
                    ResultRow.notAbove(
                            LIMIT_MS, "first event passed on, to nginx", events.measured(), events.reference(), "ms"));
        }
    }

    private static double rate(Server server, Duration duration) throws IOException {
        return LoadGenerator.rate(server, CONNECTIONS, Payload::message, duration);
    }

    /** Alternates between one connection each; returns the medians. */
    private static PairedSamples compare(Server exporter, Server nginx, int warmUp, int calls, Timed timed)
            throws IOException {
        var rounds = new PairedSamples();
        try (var throughExporter = new LatencyProbe(exporter);
                var throughNginx = new LatencyProbe(nginx)) {
            for (int i = 0; i < warmUp; i++) {
                timed.millis(throughExporter);
                timed.millis(throughNginx);
            }
            for (int i = 0; i < calls; i++) {
                rounds.addSilently(timed.millis(throughExporter), timed.millis(throughNginx));
            }
        }
        return rounds;
    }
}
