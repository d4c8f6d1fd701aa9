package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.CheckValues;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exporter with -Xmx128m and less. */
class SmallHeapIT {
    private static final String SMALLEST = "{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}";

    private static final int LARGEST = 16 << 20;
    private static final String JSON = "Content-Type: application/json";

    private static final int DAYS = 400;
    private static final int DAYS_IN_MEMORY = 80;
    private static final int CATEGORIES = 200;
    private static final int CONSUMERS = 200;
    private static final int MAX_SERIES = 20_000;

    @TempDir
    Path folder;

    @Test
    void largestBatchIsRecordedAndFurtherOnesAtTheSameTimeGet503() throws Exception {
        int events = ((16 << 20) - 2) / (SMALLEST.length() + 1);
        String batch = "[" + (SMALLEST + ",").repeat(events - 1) + SMALLEST + "]";
        try (var exporter = new JarExporter(folder)) {
            assertThat(exporter.record(batch).body()).isEqualTo("{\"recorded\":" + events + ",\"duplicates\":0}\n");

            var responses = IntStream.range(0, 2)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> exporter.record(batch).statusCode()))
                    .toList();
            assertThat(responses.stream().map(CompletableFuture::join)).isSubsetOf(200, 503);
            assertThat(exporter.record(SMALLEST).statusCode()).isEqualTo(200);
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
        }
    }

    @Test
    void stalledLargeBodyDoesNotBlockOthers() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            int port = exporter.http().port();
            try (var stalled = new RawHttp(port)) {
                stalled.request("POST", "/api/usage", JSON, "Content-Length: " + LARGEST)
                        .write("[");
                for (int i = 0; i < 20; i++) {
                    assertThat(exporter.record(SMALLEST).statusCode()).isEqualTo(200);
                }
                RawHttp.Response response = stalled.read();
                assertThat(response.status()).isEqualTo(408);
                assertThat(response.values("Content-Type")).containsExactly("application/problem+json");
            }
        }
    }

    @Test
    void fiftyChunkedPostsWithDelayedBodiesAreRecorded() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            var posts = new ArrayList<RawHttp>();
            for (int i = 0; i < 50; i++) {
                posts.add(new RawHttp(exporter.http().port())
                        .request("POST", "/api/usage", JSON, "Transfer-Encoding: chunked"));
            }
            for (RawHttp post : posts) {
                post.write(Integer.toHexString(SMALLEST.length()) + "\r\n" + SMALLEST + "\r\n0\r\n\r\n");
            }
            for (RawHttp post : posts) {
                assertThat(post.read().status()).isEqualTo(200);
                post.close();
            }
        }
    }

    @Test
    void thousandSlowBodiesDoNotBlockOthers() throws Exception {
        String part = " ".repeat(100_000);
        try (var exporter = new JarExporter(folder)) {
            var slow = new ArrayList<RawHttp>();
            for (int i = 0; i < 1000; i++) {
                var connection = new RawHttp(exporter.http().port());
                connection.request("POST", "/api/usage", JSON, "Content-Length: " + (1 << 20));
                connection.write(part);
                slow.add(connection);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(exporter.record(SMALLEST).statusCode()).isEqualTo(200);
            }
            for (RawHttp connection : slow) {
                connection.close();
            }
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
        }
    }

    @ParameterizedTest
    @CsvSource({"400, 1, 240", "3000, 8192, 0"})
    void manyLargeHeadsOrIncompleteBodiesDoNotBlockOthers(int connections, int length, int headers) throws Exception {
        String begin = "POST /api/usage HTTP/1.1\r\nHost: localhost\r\n" + JSON + "\r\nContent-Length: " + length
                + ("\r\nX: " + "y".repeat(1000)).repeat(headers / 2)
                + ("\r\nZ: " + "y".repeat(1000)).repeat(headers / 2)
                + "\r\n\r\n" + " ".repeat(length - 1);
        try (var exporter = new JarExporter(
                folder,
                Map.of(),
                ProcessRunner.jarWithHeap(
                        "64m", "--web.listen-address=127.0.0.1:0", "--web.max-connections-per-address=4000"))) {
            var slow = new ArrayList<RawHttp>();
            for (int i = 0; i < connections; i++) {
                slow.add(new RawHttp(exporter.http().port()).write(begin));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(exporter.http().record(SMALLEST).statusCode()).isEqualTo(200);
            }
            for (RawHttp connection : slow) {
                connection.close();
            }
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SMALLEST,
                "{\"provider\":\"anthropic\",\"usage\":{}}",
                "{\"id\":\"%d\",\"provider\":\"anthropic\",\"usage\":{}}"
            })
    void largeBatchesExceedingTheHeapAreRejectedAndShutdownStaysFast(String event) throws Exception {
        for (String heap : List.of("64m", "128m")) {
            Path own = Files.createDirectory(folder.resolve(heap));
            try (var exporter = new JarExporter(
                    own, Map.of(), ProcessRunner.jarWithHeap(heap, "--web.listen-address=127.0.0.1:0"))) {
                for (int size : List.of(LARGEST, LARGEST / 4)) {
                    HttpResponse<String> response = exporter.record(batch(event, size));
                    assertThat(response.statusCode()).as(heap + response.body()).isIn(200, 413, 503);
                    assertThat(response.body()).isNotEmpty();
                    assertThat(exporter.record(SMALLEST).statusCode()).isEqualTo(200);
                }
                assertThat(exporter.log()).doesNotContain("OutOfMemory");
                long start = System.nanoTime();
                assertThat(exporter.terminate()).isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
            }
        }
    }

    private static String batch(String event, int size) {
        var batch = new StringBuilder("[");
        for (int i = 0; batch.length() < size - 2 * event.length() - 20; i++) {
            batch.append(event.contains("%d") ? event.replace("%d", Integer.toString(i)) : event)
                    .append(',');
        }
        return batch.append(SMALLEST).append(']').toString();
    }

    @Test
    void largestHistoriesInParallelDoNotExhaustTheHeap() throws Exception {
        List<UsageEvent> daily = IntStream.rangeClosed(1, CATEGORIES)
                .mapToObj(i -> new UsageEvent(null, "anthropic", "some category " + i, "", null, everything()))
                .toList();
        fill(DAYS, SeriesBound.DEFAULT, daily);
        try (var exporter = new JarExporter(folder)) {
            var responses = IntStream.range(0, 3)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> exporter.http().getBytes("/api/usage/history?days=" + DAYS, "Accept", "text/csv")))
                    .toList();
            var statuses = responses.stream()
                    .map(response -> response.join().statusCode())
                    .toList();
            assertThat(statuses).isSubsetOf(200, 503).contains(200);
            assertThat(exporter.record(SMALLEST).statusCode()).isEqualTo(200);
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
        }
    }

    @Test
    void usageOfTwoHundredConsumersWithTenModelsAndAllKindsOfTokensOnEachDayInMemoryFits() throws Exception {
        List<String> models = List.of(
                "claude-3-haiku",
                "claude-haiku-4-5",
                "claude-opus-4-1",
                "claude-opus-4-5",
                "claude-sonnet-4-0",
                "claude-sonnet-4-5",
                "without-a-price-1",
                "without-a-price-2",
                "without-a-price-3",
                "without-a-price-4");
        List<UsageEvent> daily = IntStream.rangeClosed(1, CONSUMERS)
                .boxed()
                .flatMap(i -> models.stream()
                        .map(model -> new UsageEvent(
                                null,
                                "anthropic",
                                "chat",
                                "consumer " + i,
                                model,
                                Pricing.STANDARD,
                                null,
                                everything())))
                .toList();
        fill(DAYS_IN_MEMORY, new SeriesBound(MAX_SERIES, List.of()), daily);
        Path config = Files.writeString(folder.resolve("config.yml"), """
                providers:
                  anthropic: {max_series: %d, limits: {monthly: {usd: 1000000}}}
                """.formatted(MAX_SERIES));
        try (var exporter = new JarExporter(folder, "--config.file=" + config)) {
            String scrape = exporter.http().get("/metrics").body();
            assertThat(scrape.lines().filter(line -> line.startsWith("api_usage_tokens_total{category=\"chat\"")))
                    .hasSize(CONSUMERS * models.size() * TokenKind.values().length);
            for (String path : List.of("/usage", "/api/usage", "/api/usage/history?days=400")) {
                assertThat(exporter.http().get(path).statusCode()).as(path).isEqualTo(200);
            }
            assertThat(exporter.http()
                            .get("/usage?by=consumer&rows=all", "Accept", "text/html")
                            .body())
                    .contains("consumer 200");
            assertThat(exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"tokens\":1}}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(exporter.log()).doesNotContain("OutOfMemory");
        }
    }

    /** A request and tokens of every kind. */
    private static Usage everything() {
        var units = new HashMap<Measure, Amount>(Map.of(Measure.of(Measure.REQUESTS), Amount.of(1)));
        for (TokenKind kind : TokenKind.values()) {
            units.put(Measure.tokens(kind), Amount.of(new BigDecimal("1234.567891")));
        }
        return Usage.of(units);
    }

    /** Records events today, and copies their sums to the days before. */
    private void fill(int days, SeriesBound bound, List<UsageEvent> today) throws Exception {
        Path file = folder.resolve("data/usage.db");
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try (Ledger ledger = LedgerAddress.of(file).open()) {
            var totals = new Totals(ledger.readTotals(LocalDate.EPOCH, Instant.EPOCH));
            List<String> consumers =
                    today.stream().map(UsageEvent::consumer).distinct().toList();
            totals.configure("anthropic", ZoneId.of("UTC"), List.of(), consumers, bound, 1);
            var events = new ArrayList<RecordedEvent>();
            for (UsageEvent event : today) {
                events.add(new RecordedEvent(events.size() + 1, event, now, Source.API));
            }
            ledger.append(events, totals.plan(events));
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var copy = connection.prepareStatement("""
                        WITH RECURSIVE past(days) AS (SELECT ? UNION ALL SELECT days - 1 FROM past WHERE days > 1)
                        INSERT INTO day_total
                        SELECT date(date, '-' || days || ' days'),
                            provider, category, consumer, model, pricing, measure, amount, 0
                        FROM past CROSS JOIN (SELECT * FROM day_total)
                        """)) {
            copy.setInt(1, days - 1);
            assertThat(copy.executeUpdate()).isGreaterThan(days * today.size());
            CheckValues.renew(connection);
        }
    }
}
