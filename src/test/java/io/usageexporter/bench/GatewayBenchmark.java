package io.usageexporter.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Calls through the gateway, which reads and records their use, against calls through nginx, which only passes them on. */
record GatewayBenchmark(Lab lab) implements Benchmarks.Benchmark {
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
        double millis(Caller caller) throws IOException;
    }

    @Override
    public List<Line> run() throws Exception {
        try (Server provider = lab.server(QuickProvider.class);
                Server nginx = lab.nginx(provider);
                Server exporter = lab.gateway(lab.newFolder(), "128m", provider)) {
            var rates = new Rounds();
            rate(exporter, WARM_UP);
            rate(nginx, ROUND);
            for (int i = 0; i < ROUNDS; i++) {
                rates.add(rate(exporter, ROUND), rate(nginx, ROUND));
            }
            Rounds calls = compare(exporter, nginx, WARM_UP_CALLS, CALLS, Caller::callMillis);
            Rounds events = compare(exporter, nginx, WARM_UP_STREAMS, STREAMS, Caller::firstEventMillis);
            return List.of(
                    Line.atLeast(RATE_TARGET, "calls through the gateway : nginx", rates),
                    Line.notAbove(LIMIT_MS, "a call through the gateway", calls.measured(), calls.reference(), "ms"),
                    Line.below(LIMIT_MS, "first event passed on after", events.measured(), "ms"),
                    Line.notAbove(
                            LIMIT_MS, "first event passed on, to nginx", events.measured(), events.reference(), "ms"));
        }
    }

    private static double rate(Server server, Duration duration) throws IOException {
        return LoadGenerator.rate(server, CONNECTIONS, Payload::message, duration);
    }

    /** Over one connection each, in turns; the medians of all. */
    private static Rounds compare(Server exporter, Server nginx, int warmUp, int calls, Timed timed)
            throws IOException {
        var rounds = new Rounds();
        try (var throughExporter = new Caller(exporter);
                var throughNginx = new Caller(nginx)) {
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
