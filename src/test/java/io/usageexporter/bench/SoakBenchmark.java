package io.usageexporter.bench;

import io.usageexporter.bench.Server.Footprint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * An exporter under mixed traffic for a while: what it takes of its machine in the last third, against the second.
 *
 * @param duration of the traffic
 */
record SoakBenchmark(BenchmarkEnvironment lab, Duration duration) implements Benchmarks.Benchmark {
    private static final int CONNECTIONS = 64;
    private static final int BATCH = 1000;
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final List<Supplier<Payload>> TRAFFIC =
            List.of(Payload::single, () -> Payload.batchWithIds(BATCH), Payload::message);
    private static final List<String> VIEWS = List.of("/metrics", "/usage", "/api/usage", "/api/usage/history");
    private static final int READS = 50;

    /** How much the resident memory may grow, as a ratio: the operating system and the heap round. */
    private static final double GROWTH = 1.1;

    @Override
    public List<ResultRow> run() throws Exception {
        var footprints = new ArrayList<Footprint>();
        HttpClient client = HttpClient.newHttpClient();
        try (Server provider = lab.server(QuickProvider.class);
                Server exporter = lab.gateway(lab.newFolder(), "128m", provider)) {
            long end = System.nanoTime() + duration.toNanos();
            while (System.nanoTime() - end < 0) {
                for (Supplier<Payload> traffic : TRAFFIC) {
                    LoadGenerator.rate(exporter, CONNECTIONS, traffic, ROUND);
                }
                read(client, exporter);
                footprints.add(measured(exporter));
            }
        }
        return List.of(
                growth("resident memory", footprints, Footprint::memoryMib, "MiB"),
                growth("threads", footprints, Footprint::threads, ""),
                growth("open files", footprints, Footprint::files, ""));
    }

    private static void read(HttpClient client, Server exporter) throws IOException, InterruptedException {
        for (int i = 0; i < READS; i++) {
            for (String view : VIEWS) {
                URI uri = URI.create("http://127.0.0.1:" + exporter.address().getPort() + view);
                int status = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                        .statusCode();
                if (status != 200) {
                    throw new IllegalStateException("status " + status + " for " + view);
                }
            }
        }
    }

    private static Footprint measured(Server exporter) throws IOException {
        Footprint footprint = exporter.footprint();
        System.err.printf(
                Locale.ROOT,
                "  %,.0f MiB, %.0f threads, %.0f files%n",
                footprint.memoryMib(),
                footprint.threads(),
                footprint.files());
        return footprint;
    }

    private static ResultRow growth(
            String name, List<Footprint> footprints, ToDoubleFunction<Footprint> figure, String unit) {
        int third = footprints.size() / 3;
        var rounds = new PairedSamples();
        for (int i = 0; i < third; i++) {
            rounds.addSilently(
                    figure.applyAsDouble(footprints.get(2 * third + i)),
                    figure.applyAsDouble(footprints.get(third + i)));
        }
        return ResultRow.atMost(GROWTH, name + ", last third : second", rounds, unit);
    }
}
