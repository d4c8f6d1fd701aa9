package io.usageexporter.report;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;

/**
 * Shows money where it is limited, was recorded, or follows from prices; elsewhere it is unknown, and not 0. Shows web
 * searches where they are limited or were recorded.
 */
final class ShownResources {
    private ShownResources() {}

    /** The providers with the resources to show. */
    static List<ProviderConfig> of(Collection<ProviderConfig> providers, PricedTotals totals, Instant now) {
        return providers.stream()
                .map(provider -> provider.isLimited(Measure.USD)
                                || totals.hasMoney(provider, LocalDate.ofInstant(now, provider.zone()))
                        ? provider.with(Measure.USD)
                        : provider.without(Measure.USD))
                .map(provider -> !provider.resources().contains(Measure.WEB_SEARCHES)
                                || provider.isLimited(Measure.WEB_SEARCHES)
                                || hasWebSearches(provider, totals)
                        ? provider
                        : provider.without(Measure.WEB_SEARCHES))
                .toList();
    }

    private static boolean hasWebSearches(ProviderConfig provider, PricedTotals totals) {
        return totals.snapshot().series().keySet().stream()
                .anyMatch(series -> series.measure().resource().equals(Measure.WEB_SEARCHES)
                        && series.provider().equals(provider.name()));
    }
}
