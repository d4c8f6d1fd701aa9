package io.usageexporter.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The exporter against an earlier jar of itself, in turns, both warmed up equally long.
 *
 * @param before the earlier jar
 */
record BeforeBenchmark(BenchmarkEnvironment lab, Path before) implements Benchmarks.Benchmark {
    private static final int CONNECTIONS = 64;
    private static final int BATCH_CONNECTIONS = 4;
    private static final int BATCH = 1000;
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final int ROUNDS = 9;
    private static final int SCRAPES = 200;
    private static final int WARM_UP_SCRAPES = 4000;
    private static final double RATE_TARGET = 0.95;
    private static final double TIME_TARGET = 1.05;

    @Override
    public List<ResultRow> run() throws Exception {
        try (Server provider = lab.server(QuickProvider.class);
                Server now = lab.gateway(lab.newFolder(), "128m", provider);
                Server then = lab.gateway(before, lab.newFolder(), "128m", provider)) {
            PairedSamples records = rates(now, then, CONNECTIONS, Payload::single);
            PairedSamples calls = rates(now, then, CONNECTIONS, Payload::message);
            PairedSamples batches = rates(now, then, BATCH_CONNECTIONS, () -> Payload.batch(BATCH));
            PairedSamples scrapes = scrapes(now, then);
            return List.of(
                    ResultRow.atLeast(RATE_TARGET, "single records : before", records),
                    ResultRow.atLeast(RATE_TARGET, "calls through the gateway : before", calls),
                    ResultRow.atLeast(RATE_TARGET, "batches : before", batches),
                    ResultRow.atMost(TIME_TARGET, "scrape : before", scrapes));
        }
    }

    private static PairedSamples rates(Server now, Server then, int connections, Supplier<Payload> payloads)
            throws IOException {
        LoadGenerator.rate(now, connections, payloads, WARM_UP);
        LoadGenerator.rate(then, connections, payloads, WARM_UP);
        var rounds = new PairedSamples();
        for (int i = 0; i < ROUNDS; i++) {
            rounds.add(
                    LoadGenerator.rate(now, connections, payloads, ROUND),
                    LoadGenerator.rate(then, connections, payloads, ROUND));
        }
        return rounds;
    }

    private static PairedSamples scrapes(Server now, Server then) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        scrapeMillis(client, now, WARM_UP_SCRAPES);
        scrapeMillis(client, then, WARM_UP_SCRAPES);
        var rounds = new PairedSamples();
        for (int i = 0; i < ROUNDS; i++) {
            rounds.add(scrapeMillis(client, now, SCRAPES), scrapeMillis(client, then, SCRAPES));
        }
        return rounds;
    }

    private static double scrapeMillis(HttpClient client, Server server, int scrapes)
            throws IOException, InterruptedException {
        InetSocketAddress address = server.address();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/metrics"))
                .build();
        long start = System.nanoTime();
        for (int i = 0; i < scrapes; i++) {
            int status = client.send(request, BodyHandlers.ofByteArray()).statusCode();
            if (status != 200) {
                throw new IllegalStateException("status " + status);
            }
        }
        return (System.nanoTime() - start) / 1e6 / scrapes;
    }
}
