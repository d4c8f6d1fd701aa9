package io.usageexporter.report;

import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Leaves money out where none was ever recorded and none is limited: then it is unknown, and not 0. */
final class ShownResources {
    private ShownResources() {}

    /** The providers with the resources to show. */
    static List<ProviderConfig> of(Collection<ProviderConfig> providers, Snapshot totals) {
        Set<String> withMoney = totals.series().keySet().stream()
                .filter(series -> series.measure().resource().equals(Measure.USD))
                .map(Series::provider)
                .collect(Collectors.toSet());
        return providers.stream()
                .map(provider -> withMoney.contains(provider.name()) || provider.isLimited(Measure.USD)
                        ? provider
                        : provider.without(Measure.USD))
                .toList();
    }
}
