package io.usageexporter.render;

import io.usageexporter.config.Config;
import io.usageexporter.config.InvalidConfigException;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.report.Health;
import io.usageexporter.report.PricedTotals;
import io.usageexporter.report.Report;
import io.usageexporter.testing.Configs;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Totals;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reports of a few events. */
final class ReportFixture {
    static final Instant NOW = Instant.parse("2026-11-24T09:15:00.987Z");

    private final Config config;
    private final List<RecordedEvent> events = new ArrayList<>();

    private ReportFixture(Config config) {
        this.config = config;
    }

    static ReportFixture withDefaults() {
        return new ReportFixture(Configs.defaults());
    }

    static ReportFixture with(Path folder, String yaml) throws IOException, InvalidConfigException {
        Path file = folder.resolve("usage.yml");
        Files.writeString(file, yaml);
        return new ReportFixture(Configs.load(file));
    }

    ReportFixture used(String provider, String category, String measure, String amount) {
        return used(provider, category, measure, amount, NOW);
    }

    ReportFixture used(String provider, String category, String measure, String amount, Instant at) {
        Usage usage = Usage.of(Map.of(Measure.parse(measure), Amount.of(new BigDecimal(amount))));
        var event = new UsageEvent(null, provider, category, "", at, usage);
        events.add(new RecordedEvent(events.size() + 1, event, NOW, Source.API));
        return this;
    }

    Report report() {
        var totals = new Totals(Totals.firstDayKept(NOW));
        config.providers()
                .values()
                .forEach(provider -> totals.configure(
                        provider.name(), provider.zone(), provider.categories(), List.of(), SeriesBound.DEFAULT, 1));
        totals.apply(totals.plan(events));
        PricedTotals priced = PricedTotals.of(totals.snapshot(), config.prices());
        return Report.of(config.thresholds(), config.providers().values(), priced, Health.GOOD, NOW, NOW);
    }
}
