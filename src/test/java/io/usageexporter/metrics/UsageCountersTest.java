package io.usageexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.usageexporter.config.Config;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.report.Health;
import io.usageexporter.report.PricedDays;
import io.usageexporter.report.Report;
import io.usageexporter.testing.Configs;
import io.usageexporter.totals.Totals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UsageCountersTest {
    private static final Instant NOW = Instant.parse("2026-11-24T09:15:00Z");

    private final UsageCounters counters = new UsageCounters();
    private Config config;
    private Totals totals;
    private long recorded;

    @BeforeEach
    void start() throws Exception {
        config = Configs.load(null);
        totals = new Totals(Totals.firstDayKept(NOW));
    }

    private void record(String category, String model, long input) {
        var amounts = new TreeMap<Measure, Amount>();
        amounts.put(Measure.tokens(TokenKind.INPUT), Amount.of(input));
        var event = new UsageEvent(null, "anthropic", category, model, NOW, Usage.of(amounts));
        totals.apply(totals.plan(List.of(new RecordedEvent(++recorded, event, NOW, Source.API))));
    }

    private MetricSnapshots scrape() {
        var metrics = new ArrayList<MetricSnapshot>();
        counters.addTo(
                Report.of(
                        config.thresholds(),
                        config.providers().values(),
                        new PricedDays(config.prices()).of(totals.snapshot()),
                        Health.GOOD,
                        NOW,
                        NOW),
                metrics);
        return new MetricSnapshots(metrics);
    }

    private static List<String> samples(MetricSnapshots scrape, TextFormat format) {
        var out = new Utf8Buffer(0);
        new TextWriter(format, out).write(scrape);
        return new String(out.toByteArray(), StandardCharsets.UTF_8).lines().toList();
    }

    private List<String> ofModels() {
        return samples(scrape(), TextFormat.PROMETHEUS).stream()
                .filter(line -> line.contains("kind=\"input\"") && !line.contains("model=\"\""))
                .map(line -> line.replaceFirst(",provider=.*}", "}"))
                .toList();
    }

    @Test
    void configuredCategoryWithoutUsageIsZero() {
        assertThat(samples(scrape(), TextFormat.PROMETHEUS))
                .anyMatch(line -> line.startsWith("api_usage_requests_total{category=") && line.endsWith(" 0.0"));
    }

    @Test
    void nextScrapeShowsTheNewTotal() {
        record("chat", "opus", 5);
        assertThat(ofModels())
                .containsExactly("api_usage_tokens_total{category=\"chat\",kind=\"input\",model=\"opus\"} 5.0");
        record("chat", "opus", 2);
        assertThat(ofModels())
                .containsExactly("api_usage_tokens_total{category=\"chat\",kind=\"input\",model=\"opus\"} 7.0");
    }

    @Test
    void newSeriesGoesToItsPlaceInTheOrder() {
        record("chat", "opus", 5);
        record("sum", "opus", 5);
        scrape();
        record("chat", "sonnet", 1);
        record("a", "z", 1);
        assertThat(ofModels())
                .containsExactly(
                        "api_usage_tokens_total{category=\"a\",kind=\"input\",model=\"z\"} 1.0",
                        "api_usage_tokens_total{category=\"chat\",kind=\"input\",model=\"opus\"} 5.0",
                        "api_usage_tokens_total{category=\"chat\",kind=\"input\",model=\"sonnet\"} 1.0",
                        "api_usage_tokens_total{category=\"sum\",kind=\"input\",model=\"opus\"} 5.0");
    }

    @Test
    void seriesThatIsGoneIsGoneFromTheNextScrape() {
        record("chat", "opus", 5);
        scrape();
        totals = new Totals(Totals.firstDayKept(NOW));
        record("chat", "sonnet", 6);
        assertThat(ofModels())
                .containsExactly("api_usage_tokens_total{category=\"chat\",kind=\"input\",model=\"sonnet\"} 6.0");
    }

    @Test
    void anyNameIsWrittenAsTheLibraryWritesIt() throws IOException {
        record("größe \\ \"x\" y", "\ud83d\ude00", 5);
        record("chat", "opus", 12_500_000);
        for (TextFormat format : TextFormat.values()) {
            var library = new ByteArrayOutputStream();
            format.library().write(library, scrape());
            assertThat(samples(scrape(), format))
                    .isEqualTo(library.toString(StandardCharsets.UTF_8).lines().toList());
        }
    }
}
