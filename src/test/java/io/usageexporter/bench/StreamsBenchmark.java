package io.usageexporter.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;

/** Many streams open at once through one exporter; each must arrive complete and be recorded exactly. */
record StreamsBenchmark(BenchmarkEnvironment lab) implements Benchmarks.Benchmark {
    private static final int STREAMS = 1000;
    private static final int SECONDS = 30;
    private static final int EVENTS_PER_SECOND = 20;
    private static final int EVENTS = SECONDS * EVENTS_PER_SECOND;
    private static final int INTERVAL_MS = 1000 / EVENTS_PER_SECOND;

    @Override
    public List<ResultRow> run() throws Exception {
        try (Server provider = lab.server(QuickProvider.class);
                Server exporter = lab.gateway(lab.newFolder(), "256m", provider)) {
            long start = System.nanoTime();
            long events;
            try (var streams =
                    new OpenStreams(exporter.address(), STREAMS, () -> Payload.stream(EVENTS, INTERVAL_MS))) {
                events = streams.readAll();
            }
            System.err.printf(Locale.ROOT, "  %,d events in %.1f s%n", events, (System.nanoTime() - start) / 1e9);
            // The number of output tokens of each is its number.
            long tokens = STREAMS * (STREAMS + 1L) / 2;
            JsonNode used = Awaitility.await()
                    .until(() -> used(exporter), json -> json.path("requests").asLong() >= STREAMS);
            return List.of(
                    ResultRow.exactly("events of 1,000 open streams", events, (long) STREAMS * EVENTS),
                    ResultRow.exactly(
                            "1,000 open streams, recorded",
                            used.path("requests").asLong(),
                            STREAMS),
                    ResultRow.exactly("their output tokens", used.path("tokens").asLong(), tokens));
        }
    }

    private static JsonNode used(Server exporter) throws IOException, InterruptedException {
        var address = exporter.address();
        URI uri = URI.create("http://" + address.getHostString() + ":" + address.getPort() + "/api/usage");
        String body = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
        return new ObjectMapper().readTree(body).path("used").path("anthropic").path("monthly");
    }
}
