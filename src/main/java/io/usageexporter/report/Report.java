package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.window.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;

/**
 * What is used and left of every quota, in the windows that contain an instant. Immutable, so that all views of a
 * report agree. Without new events or a new window, two reports differ only in their forecasts.
 *
 * @param generatedAt when it was computed
 * @param providers ordered by name
 * @param totals the totals it was computed from
 * @param health the exporter's health at that time
 */
public record Report(
        Instant generatedAt,
        Thresholds thresholds,
        List<ProviderReport> providers,
        PricedTotals totals,
        Health health) {

    /**
     * Computes a report.
     *
     * @param totals holding the days of all windows that contain {@code at}; see {@link #firstDay}
     */
    public static Report of(
            Thresholds thresholds,
            Collection<ProviderConfig> providers,
            PricedTotals totals,
            Health health,
            Instant generatedAt,
            Instant at) {
        List<ProviderReport> reports = ShownResources.of(providers, totals, generatedAt).stream()
                .map(provider -> ProviderReport.of(provider, thresholds, totals, health, generatedAt, at))
                .toList();
        return new Report(generatedAt, thresholds, reports, totals, health);
    }

    /** Whether the figures of any provider may be incomplete. */
    public boolean isAnyUnknown() {
        return providers.stream().anyMatch(provider -> !provider.isKnown());
    }

    /** The first day of any provider's window that contains an instant. */
    public static LocalDate firstDay(Collection<ProviderConfig> providers, Instant at) {
        return providers.stream()
                .flatMap(provider -> provider.windows().stream()
                        .filter(Window::isOfDays)
                        .map(window ->
                                provider.calendar().containing(window, at).from()))
                .min(LocalDate::compareTo)
                .orElse(LocalDate.MAX);
    }
}
