package io.usageexporter.bench;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageexporter.config.Config;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.metrics.MetricsView;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.metrics.UsageCollector;
import io.usageexporter.report.Health;
import io.usageexporter.report.PricedDays;
import io.usageexporter.report.Report;
import io.usageexporter.testing.Configs;
import io.usageexporter.totals.Totals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A scrape of the exporter's series, computed from its totals each time, against a scrape of as many Micrometer
 * counters. A counter changes before each scrape.
 */
final class ScrapeBenchmark implements Benchmarks.Benchmark {
    private static final int CATEGORIES = 100;
    private static final int MODELS = 20;
    private static final List<TokenKind> KINDS = List.of(TokenKind.values()).subList(0, TokenKind.values().length - 1);
    private static final String PROVIDER = "anthropic";
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");
    private static final int WARM_UP_ROUNDS = 10;
    private static final int ROUNDS = 15;
    private static final int SCRAPES = 25;
    private static final double TARGET = 1.3;
    private static final double LINES_TOLERANCE = 0.1;

    private final Totals totals = new Totals(Totals.firstDayKept(NOW));
    private final List<UsageEvent> events = new ArrayList<>();
    private final PrometheusMeterRegistry bare = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Counter> counters = new ArrayList<>();
    private long recorded;

    /** Returns the bytes of a scrape. */
    private interface Scrape {
        byte[] take() throws IOException;
    }

    /** Changes a series. */
    private interface Change {
        void make(int scrape);
    }

    @Override
    public List<ResultRow> run() throws Exception {
        fill();
        Config config = Configs.load(null);
        var days = new PricedDays(config.prices());
        var rounds = new PairedSamples();
        try (var self = new SelfMetrics()) {
            self.register(new UsageCollector(
                    () -> Report.of(
                            config.thresholds(),
                            config.providers().values(),
                            days.of(totals.snapshot()),
                            Health.GOOD,
                            NOW,
                            NOW),
                    "version",
                    "revision"));
            var view = new MetricsView(self);
            Scrape exporter =
                    () -> view.render(MetricsView.TYPES.get(0), false).body().array();
            checkLines(lines(exporter.take()), lines(scrapeBare()));
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                millis(exporter, this::record);
                millis(this::scrapeBare, this::count);
            }
            for (int i = 0; i < ROUNDS; i++) {
                rounds.add(millis(exporter, this::record), millis(this::scrapeBare, this::count));
            }
        }
        return List.of(ResultRow.atMost(TARGET, "scrape of 10,000 series : Micrometer", rounds));
    }

    /** Fills both with the same series; the exporter's totals spread the models over the days of the month. */
    private void fill() {
        for (int category = 0; category < CATEGORIES; category++) {
            for (int model = 0; model < MODELS; model++) {
                String categoryName = "category-" + category;
                String modelName = "model-" + model;
                var amounts = new TreeMap<Measure, Amount>();
                for (TokenKind kind : KINDS) {
                    amounts.put(Measure.tokens(kind), Amount.of(1200));
                    counters.add(counter(categoryName, modelName, kind));
                }
                Instant at = NOW.minus(Duration.ofDays(model));
                events.add(new UsageEvent(null, PROVIDER, categoryName, modelName, at, Usage.of(amounts)));
            }
        }
        for (int i = 0; i < events.size(); i++) {
            record(i);
        }
    }

    private Counter counter(String category, String model, TokenKind kind) {
        return Counter.builder("api_usage_tokens")
                .description("Total usage recorded: tokens.")
                .tags("provider", PROVIDER, "category", category, "model", model, "kind", kind.label())
                .register(bare);
    }

    private void record(int scrape) {
        UsageEvent event = events.get(scrape % events.size());
        totals.apply(totals.plan(List.of(new RecordedEvent(++recorded, event, NOW, Source.API))));
    }

    private void count(int scrape) {
        counters.get(scrape % counters.size()).increment(1200);
    }

    private byte[] scrapeBare() throws IOException {
        var bytes = new ByteArrayOutputStream();
        bare.scrape(bytes);
        return bytes.toByteArray();
    }

    private static double millis(Scrape scrape, Change change) throws IOException {
        long nanos = 0;
        for (int i = 0; i < SCRAPES; i++) {
            change.make(i);
            long start = System.nanoTime();
            scrape.take();
            nanos += System.nanoTime() - start;
        }
        return nanos / 1e6 / SCRAPES;
    }

    private static long lines(byte[] page) {
        return new String(page, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .count();
    }

    private static void checkLines(long exporter, long reference) {
        System.err.println("  series: " + exporter + " : " + reference);
        if (Math.abs(exporter - reference) > LINES_TOLERANCE * reference) {
            throw new IllegalStateException("the two are not comparable");
        }
    }
}
