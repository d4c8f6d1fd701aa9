package io.usageexporter.bench;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.ledger.Ledger;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.testing.Configs;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Totals;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Requests every day of a year, with its cost, in which each day has every category and every kind of tokens. The ledger is filled
 * directly, since the server accepts no events of last year.
 */
record HistoryBenchmark(BenchmarkEnvironment lab, long events) implements Benchmarks.Benchmark {
    private static final int DAYS = 365;
    private static final int CATEGORIES = 10;
    private static final List<String> MODELS =
            List.of("claude-haiku-4-5", "claude-opus-4-1", "claude-opus-4-5", "claude-sonnet-4-5");
    private static final int COMMIT = 10_000;
    private static final int STEPS = 10;
    private static final int WARM_UP_ROUNDS = 200;
    private static final int ROUNDS = 101;
    private static final double LIMIT_MS = 60;

    @Override
    public List<ResultRow> run() throws Exception {
        Path folder = lab.newFolder();
        fill(folder.resolve("usage.db"));
        try (Server exporter = lab.exporter(folder)) {
            String name = String.format(Locale.ROOT, "history of a year on %,d events", events);
            return List.of(
                    ResultRow.below(LIMIT_MS, name, millis(exporter, "application/json"), "ms"),
                    ResultRow.below(LIMIT_MS, name + ", as CSV", millis(exporter, "text/csv"), "ms"));
        }
    }

    private void fill(Path file) throws Exception {
        var first = Instant.now().minus(Duration.ofDays(DAYS - 1));
        double millisBetween = Duration.ofDays(DAYS - 1).toMillis() / (double) events;
        try (Ledger ledger = LedgerAddress.of(file).open()) {
            var totals = new Totals(ledger.readTotals(LocalDate.ofInstant(first, ZoneOffset.UTC), first));
            for (ProviderConfig provider : Configs.defaults().providers().values()) {
                totals.configure(
                        provider.name(), provider.zone(), provider.categories(), List.of(), SeriesBound.DEFAULT, 1);
            }
            var group = new ArrayList<RecordedEvent>();
            for (long number = 1; number <= events; number++) {
                Instant at = first.plusMillis((long) (number * millisBetween)).truncatedTo(ChronoUnit.MILLIS);
                group.add(new RecordedEvent(number, event(number), at, Source.API));
                if (group.size() == COMMIT || number == events) {
                    Totals.Change change = totals.plan(group);
                    ledger.append(group, change);
                    totals.apply(change);
                    group.clear();
                }
                if (number % (events / STEPS) == 0) {
                    System.err.printf(Locale.ROOT, "  %,d events%n", number);
                }
            }
        }
    }

    /** Four requests with all kinds of tokens, then one scraper run. */
    private static UsageEvent event(long number) {
        long turn = number / 5;
        if (number % 5 == 0) {
            var units = Map.of(Measure.of("compute_units"), new Amount(1 + number % 1_000_000));
            return event("apify", "platform-" + turn % CATEGORIES, "", units);
        }
        var units = new HashMap<Measure, Amount>(Map.of(Measure.of(Measure.REQUESTS), Amount.of(1)));
        for (TokenKind kind : TokenKind.values()) {
            units.put(Measure.tokens(kind), Amount.of(1 + number % 1000));
        }
        return event("anthropic", "category-" + turn % CATEGORIES, MODELS.get((int) (turn % MODELS.size())), units);
    }

    private static UsageEvent event(String provider, String category, String model, Map<Measure, Amount> units) {
        return new UsageEvent(null, provider, category, model, null, Usage.of(units));
    }

    /** The median duration of consecutive requests. */
    private static double millis(Server exporter, String type) throws IOException, InterruptedException {
        var address = exporter.address();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address.getHostString() + ":"
                        + address.getPort() + "/api/usage/history?days=" + DAYS))
                .header("Accept", type)
                .build();
        HttpClient client = HttpClient.newHttpClient();
        var times = new ArrayList<Double>();
        for (int i = 0; i < WARM_UP_ROUNDS + ROUNDS; i++) {
            long start = System.nanoTime();
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            double millis = (System.nanoTime() - start) / 1e6;
            if (response.statusCode() != 200) {
                throw new IllegalStateException("status " + response.statusCode());
            }
            if (i >= WARM_UP_ROUNDS) {
                times.add(millis);
            } else if (i == 0) {
                System.err.printf(Locale.ROOT, "  %,d bytes, the first in %.0f ms%n", response.body().length, millis);
            }
        }
        return PairedSamples.median(times);
    }
}
