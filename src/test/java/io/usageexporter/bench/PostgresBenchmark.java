package io.usageexporter.bench;

import io.usageexporter.testing.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Exporters that share a ledger in PostgreSQL, against pgbench, which on the same server inserts one event and adds it to one of
 * ten totals in each transaction; and how soon an exporter shows what another one committed.
 */
record PostgresBenchmark(BenchmarkEnvironment lab, long events) implements Benchmarks.Benchmark {
    private static final int CONNECTIONS = 4;
    private static final int BATCH = 1000;
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration ROUND = Duration.ofSeconds(4);
    private static final int ROUNDS = 5;
    private static final int STARTS = 7;
    private static final int COMMITS = 300;
    private static final double RATE_TARGET = 2;
    private static final double START_TARGET = 1.5;
    private static final double SHOWN_LIMIT_MS = 1000;
    private static final Pattern REQUESTS = Pattern.compile("\"used\".*?\"daily\":\\{\"requests\":(\\d+)");

    @Override
    public List<ResultRow> run() throws Exception {
        var rows = new ArrayList<ResultRow>();
        try (var server = new PostgresServer(
                        "fsync=on", "shared_buffers=256MB", "max_wal_size=4GB", "checkpoint_timeout=15min")
                .start()) {
            var pgbench = PgBench.on(server, lab.newFolder());
            for (int exporters : new int[] {1, 2, 4}) {
                String name = String.format(Locale.ROOT, "batches of %d on PostgreSQL : pgbench", exporters);
                rows.add(ResultRow.atLeast(RATE_TARGET, name, compareRates(server, exporters, pgbench)));
            }
            rows.addAll(shown(server));
            rows.add(compareStarts(server));
        }
        return rows;
    }

    private List<Server> exporters(String url, int count) throws IOException, InterruptedException {
        var exporters = new ArrayList<Server>();
        for (int i = 0; i < count; i++) {
            exporters.add(lab.sharing(url));
        }
        return exporters;
    }

    private PairedSamples compareRates(PostgresServer server, int count, PgBench pgbench) throws Exception {
        var rounds = new PairedSamples();
        List<Server> exporters = exporters(server.newDatabase(), count);
        try {
            rate(exporters, WARM_UP);
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(rate(exporters, ROUND), pgbench.rate(ROUND));
            }
        } finally {
            close(exporters);
        }
        return rounds;
    }

    /** Events per second of all together, in batches with random ids. */
    private static double rate(List<Server> exporters, Duration duration) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(exporters.size());
        try {
            List<Callable<Double>> loads = exporters.stream()
                    .map(exporter -> (Callable<Double>) () -> LoadGenerator.rate(
                            exporter,
                            Math.max(1, CONNECTIONS / exporters.size()),
                            () -> Payload.batchWithIds(BATCH),
                            duration))
                    .toList();
            double sum = 0;
            for (Future<Double> each : threads.invokeAll(loads)) {
                sum += each.get();
            }
            return sum;
        } finally {
            threads.shutdown();
        }
    }

    private static void close(List<Server> exporters) throws IOException {
        for (Server exporter : exporters) {
            exporter.close();
        }
    }

    private List<ResultRow> shown(PostgresServer server) throws Exception {
        List<Server> exporters = exporters(server.newDatabase(), 2);
        try {
            var client = HttpClient.newHttpClient();
            var times = new ArrayList<Double>();
            for (int i = 1; i <= COMMITS; i++) {
                post(client, exporters.get(0));
                long committed = System.nanoTime();
                while (requests(client, exporters.get(1)) < i) {
                    Thread.onSpinWait();
                }
                times.add((System.nanoTime() - committed) / 1e6);
            }
            List<Double> sorted = times.stream().sorted().toList();
            return List.of(
                    ResultRow.below(SHOWN_LIMIT_MS, "shown by another exporter, p50", sorted.get(COMMITS / 2), "ms"),
                    ResultRow.below(
                            SHOWN_LIMIT_MS, "shown by another exporter, p99", sorted.get(COMMITS * 99 / 100), "ms"));
        } finally {
            close(exporters);
        }
    }

    private static void post(HttpClient client, Server exporter) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(exporter))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"provider\":\"anthropic\",\"category\":\"c\",\"usage\":{\"tokens\":1}}"))
                .build();
        int status = client.send(request, BodyHandlers.ofString()).statusCode();
        if (status != 200) {
            throw new IOException("status " + status);
        }
    }

    private static long requests(HttpClient client, Server exporter) throws IOException, InterruptedException {
        String body = client.send(HttpRequest.newBuilder(uri(exporter)).build(), BodyHandlers.ofString())
                .body();
        Matcher used = REQUESTS.matcher(body.replace(" ", ""));
        return used.find() ? Long.parseLong(used.group(1)) : 0;
    }

    private static URI uri(Server exporter) {
        return URI.create("http://127.0.0.1:" + exporter.address().getPort() + "/api/usage");
    }

    private ResultRow compareStarts(PostgresServer server) throws Exception {
        String large = server.newDatabase();
        String empty = server.newDatabase();
        try (Server exporter = lab.sharing(large)) {
            BatchesBenchmark.fill(exporter, events);
        }
        start(empty);
        var rounds = new PairedSamples();
        for (int i = 0; i < STARTS; i++) {
            rounds.add(start(large), start(empty));
        }
        return ResultRow.atMost(
                START_TARGET,
                String.format(Locale.ROOT, "start on %,d events in PostgreSQL : on none", events),
                rounds);
    }

    private double start(String url) throws Exception {
        try (Server exporter = lab.sharing(url)) {
            return exporter.readyMs();
        }
    }
}
