package io.usageexporter.report;

import static java.util.Comparator.naturalOrder;

import io.usageexporter.config.Config;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.WindowQuota;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** Computes reports from memory and, for past windows, from the ledger's days and hours. */
public final class ReportService implements ReportSource {
    private final Supplier<Config> config;
    private final Totals totals;
    private final LedgerReader ledger;
    private final Supplier<Health> health;
    private final InstantSource clock;
    private volatile PricedDays days;

    /**
     * @param config supplies the configuration in force
     * @param totals for the windows of now
     * @param ledger for earlier ones
     */
    public ReportService(
            Supplier<Config> config, Totals totals, LedgerReader ledger, Supplier<Health> health, InstantSource clock) {
        this.config = config;
        this.totals = totals;
        this.ledger = ledger;
        this.health = health;
        this.clock = clock;
        days = new PricedDays(config.get().prices());
    }

    @Override
    public Report now() {
        Instant now = clock.instant();
        Config current = config.get();
        return report(current, days(current).of(totals.snapshot()), now, now);
    }

    @Override
    public Report at(Instant at) throws LedgerException {
        Config current = config.get();
        Snapshot snapshot = totals.snapshot();
        LocalDate from = Report.firstDay(current.providers().values(), at);
        LocalDate until = from.plusMonths(3);
        long firstHour = from.minusDays(1).toEpochDay() * 24;
        if (firstHour < Totals.firstHourKept(snapshot.daysFrom())) {
            snapshot = snapshot.withHours(ledger.hours(firstHour, until.toEpochDay() * 24));
        }
        if (from.isBefore(snapshot.daysFrom())) {
            snapshot = snapshot.withDays(ledger.days(from, until), from);
        }
        return report(current, days(current).other(withOlderWindows(snapshot, at)), clock.instant(), at);
    }

    @Override
    public History history(HistoryQuery query) throws LedgerException {
        Config current = config.get();
        Snapshot snapshot = totals.snapshot();
        Instant now = clock.instant();
        var providers = current.providers().values();
        List<ProviderConfig> chosen = query.choose(providers);
        Snapshot all = query.window().isOfDays()
                ? withOlderDays(snapshot, query, chosen, now)
                : withOlderWindows(snapshot, query, chosen, now);
        return History.of(current.thresholds(), providers, days(current).other(all), query, now);
    }

    /** The current quotas of a provider: those of all consumers together, and those of this one. */
    public List<WindowQuota> quotas(String name, String consumer) {
        Config current = config.get();
        ProviderConfig provider = current.providers().get(name);
        if (provider == null) {
            return List.of();
        }
        Instant now = clock.instant();
        PricedTotals priced = days(current).of(totals.snapshot());
        var quotas = new ArrayList<WindowQuota>();
        Snapshot snapshot = priced.snapshot();
        for (Window window : ProviderReport.windows(provider, snapshot)) {
            Span span = snapshot.window(name, window, provider.calendar(), now);
            // The next call opens a session.
            Instant resetsAt = span == null ? now.plus(provider.calendar().sessionLength()) : span.resetsAt();
            WindowReport report = WindowReport.of(provider, window, span, current.thresholds(), priced);
            report.quotas()
                    .forEach((resource, quota) -> quotas.add(new WindowQuota("", resource, window, quota, resetsAt)));
            report.consumerQuotas()
                    .getOrDefault(consumer, Collections.emptySortedMap())
                    .forEach((resource, quota) ->
                            quotas.add(new WindowQuota(consumer, resource, window, quota, resetsAt)));
        }
        return quotas;
    }

    private Snapshot withOlderDays(Snapshot snapshot, HistoryQuery query, List<ProviderConfig> chosen, Instant now)
            throws LedgerException {
        List<Span> spans = chosen.stream()
                .flatMap(provider -> query.spans(provider, snapshot, now).stream())
                .toList();
        LocalDate from = spans.stream().map(Span::from).min(naturalOrder()).orElse(LocalDate.MAX);
        if (!from.isBefore(snapshot.daysFrom())) {
            return snapshot;
        }
        LocalDate until = spans.stream().map(Span::until).max(naturalOrder()).orElse(LocalDate.MIN);
        LocalDate daysFrom = snapshot.daysFrom();
        return snapshot.withOlderDays(ledger.days(from, until.isBefore(daysFrom) ? until : daysFrom));
    }

    private Snapshot withOlderWindows(Snapshot snapshot, HistoryQuery query, List<ProviderConfig> chosen, Instant now)
            throws LedgerException {
        Snapshot all = snapshot;
        for (ProviderConfig provider : chosen) {
            all = withWindows(
                    all,
                    provider.name(),
                    query.window(),
                    query.startsAt(provider.zone(), now),
                    query.endsAt(provider.zone(), now));
        }
        return all;
    }

    private Snapshot withOlderWindows(Snapshot snapshot, Instant at) throws LedgerException {
        Snapshot all = snapshot;
        for (String provider : snapshot.windows().counted().keySet()) {
            for (Window window : Window.values()) {
                all = withWindows(all, provider, window, at, at);
            }
        }
        return all;
    }

    /** With those that contain any instant from one to another, and, since sessions depend on it, the next. */
    private Snapshot withWindows(Snapshot snapshot, String provider, Window window, Instant from, Instant to)
            throws LedgerException {
        Duration longest = snapshot.windows().counted(provider).longest(window);
        return longest == null || !from.isBefore(snapshot.windows().from())
                ? snapshot
                : snapshot.withWindows(ledger.windows(provider, window, from.minus(longest), to.plus(longest)));
    }

    /** What days cost at the prices in force. */
    private PricedDays days(Config current) {
        PricedDays known = days;
        if (!known.prices().equals(current.prices())) {
            known = new PricedDays(current.prices());
            days = known;
        }
        return known;
    }

    private Report report(Config config, PricedTotals priced, Instant now, Instant at) {
        return Report.of(config.thresholds(), config.providers().values(), priced, health.get(), now, at);
    }
}
