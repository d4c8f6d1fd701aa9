package io.usageexporter.report;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.quota.Icon;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.totals.SeriesBound;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import io.usageexporter.window.Window;
import io.usageexporter.window.WindowCalendar;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Histories of a few events of one provider, which counts {@code units} and {@code calls}. */
final class HistoryFixture {
    static final String PROVIDER = "p";

    private final List<RecordedEvent> events = new ArrayList<>();
    private final ProviderConfig provider;

    HistoryFixture(String zone, int resetDay, Map<Window, SortedMap<String, BigDecimal>> limits) {
        provider = new ProviderConfig(
                PROVIDER,
                "",
                "P",
                Icon.CHART,
                "Category",
                List.of("configured"),
                WindowCalendar.of(ZoneId.of(zone), resetDay),
                new TreeSet<>(List.of("calls", "units")),
                limits,
                Map.of(),
                ProviderConfig.DEFAULT_MAX_SERIES,
                new TreeMap<>());
    }

    static HistoryFixture withoutLimits(String zone, int resetDay) {
        return new HistoryFixture(zone, resetDay, Map.of());
    }

    static HistoryFixture withDailyLimit(String resource, String limit) {
        var limits = new TreeMap<>(Map.of(resource, new BigDecimal(limit)));
        return new HistoryFixture("UTC", 1, Map.of(Window.DAILY, limits));
    }

    HistoryFixture units(String units, String at) {
        return add("units", "c", units, Instant.parse(at));
    }

    HistoryFixture add(String resource, String category, String units, Instant at) {
        Usage usage = Usage.of(Map.of(Measure.of(resource), Amount.of(new BigDecimal(units))));
        var event = new UsageEvent(null, PROVIDER, category, "", at, usage);
        events.add(new RecordedEvent(events.size() + 1, event, at, Source.API));
        return this;
    }

    List<WindowReport> history(HistoryQuery query, String now) {
        return history(query, Instant.parse(now));
    }

    List<WindowReport> history(HistoryQuery query, Instant now) {
        return History.of(Thresholds.DEFAULT, List.of(provider), priced(totals()), query, now).providers().stream()
                .flatMap(each -> each.windows().stream())
                .toList();
    }

    Report report(Instant now) {
        return Report.of(Thresholds.DEFAULT, List.of(provider), priced(totals()), Health.GOOD, now, now);
    }

    /** Totals without prices. */
    static PricedTotals priced(Snapshot totals) {
        return PricedTotals.of(totals, new PriceTable(List.of()));
    }

    ProviderConfig provider() {
        return provider;
    }

    private Snapshot totals() {
        var totals = new Totals(LocalDate.EPOCH);
        totals.configure(PROVIDER, provider.zone(), provider.categories(), List.of(), SeriesBound.DEFAULT, 1);
        totals.apply(totals.plan(events));
        return totals.snapshot();
    }
}
