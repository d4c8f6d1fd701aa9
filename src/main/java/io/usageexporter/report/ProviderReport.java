package io.usageexporter.report;

import io.usageexporter.quota.ExhaustionForecast;
import io.usageexporter.quota.Forecast;
import io.usageexporter.quota.HourlyUsage;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A provider's part of a report.
 *
 * @param windows those of {@link ProviderConfig#windows} that are counted
 * @param forecasts for every quota in a window that has begun, by window and resource
 * @param prices those that hold today for what it was ever used for
 * @param doubts why these figures may be incomplete; empty if they are complete
 */
public record ProviderReport(
        ProviderConfig provider,
        List<WindowReport> windows,
        Map<Window, SortedMap<String, ExhaustionForecast>> forecasts,
        Collection<PriceInForce> prices,
        Set<Doubt> doubts) {

    static ProviderReport of(
            ProviderConfig provider,
            Thresholds thresholds,
            PricedTotals totals,
            Health health,
            Instant now,
            Instant at) {
        Map<String, HourlyUsage> usage = HourlyUsage.of(
                provider,
                totals.snapshot(),
                totals.usdPerUnit(provider.name(), provider.zone()),
                firstHour(provider, now, at),
                now);
        var windows = new ArrayList<WindowReport>();
        var forecasts = new EnumMap<Window, SortedMap<String, ExhaustionForecast>>(Window.class);
        for (Window window : windows(provider, totals.snapshot())) {
            Span span = totals.snapshot().window(provider.name(), window, provider.calendar(), at);
            WindowReport report = WindowReport.of(provider, window, span, thresholds, totals);
            var ofWindow = new TreeMap<String, ExhaustionForecast>();
            if (span != null) {
                report.quotas()
                        .forEach((resource, quota) -> ofWindow.put(
                                resource, Forecast.of(usage.get(resource), provider.zone(), span, now, quota)));
            }
            windows.add(report);
            forecasts.put(window, Collections.unmodifiableSortedMap(ofWindow));
        }
        return new ProviderReport(
                provider,
                List.copyOf(windows),
                Collections.unmodifiableMap(forecasts),
                totals.prices(provider.name(), LocalDate.ofInstant(at, provider.zone())),
                Doubt.of(provider, totals.snapshot(), health, now, at));
    }

    /** The windows to show. One that the configuration has just added or removed may not be counted. */
    static List<Window> windows(ProviderConfig provider, Snapshot totals) {
        CountedWindows counted = totals.windows().counted(provider.name());
        return provider.windows().stream().filter(counted::contains).toList();
    }

    /** Whether the figures are known to be complete. */
    public boolean isKnown() {
        return doubts.isEmpty();
    }

    /** Why they may be incomplete, in a few words; empty if they are complete. */
    public String unknown() {
        return doubts.stream().map(Doubt::reason).collect(Collectors.joining(", "));
    }

    /** The first hour of the forecast's past and of the windows. */
    private static long firstHour(ProviderConfig provider, Instant now, Instant at) {
        Instant first = provider.windows().stream()
                .filter(Window::isOfDays)
                .map(window -> provider.calendar().containing(window, at).startsAt())
                .min(Instant::compareTo)
                .orElse(at);
        return Math.min(Hour.number(now) - Forecast.PAST_HOURS, Hour.number(first));
    }

    /** The report on one of its windows. */
    public WindowReport window(Window window) {
        return windows.stream()
                .filter(report -> report.window() == window)
                .findFirst()
                .orElseThrow();
    }

    /** The forecasts for the quotas of a window, by resource. */
    public SortedMap<String, ExhaustionForecast> forecasts(Window window) {
        return forecasts.getOrDefault(window, Collections.emptySortedMap());
    }
}
