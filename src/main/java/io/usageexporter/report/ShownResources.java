package io.usageexporter.report;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;

/** Shows money where it is limited, was recorded, or follows from prices; elsewhere it is unknown, and not 0. */
final class ShownResources {
    private ShownResources() {}

    /** The providers with the resources to show. */
    static List<ProviderConfig> of(Collection<ProviderConfig> providers, PricedTotals totals, Instant now) {
        return providers.stream()
                .map(provider -> provider.isLimited(Measure.USD)
                                || totals.hasMoney(provider, LocalDate.ofInstant(now, provider.zone()))
                        ? provider.with(Measure.USD)
                        : provider.without(Measure.USD))
                .toList();
    }
}
