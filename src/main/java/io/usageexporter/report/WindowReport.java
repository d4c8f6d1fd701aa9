package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.quota.Window;
import io.usageexporter.totals.Snapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is used and left in one window of one provider.
 *
 * @param span its bounds
 * @param used usage of every resource of the provider
 * @param quotas by resource, for those with a limit in this window
 * @param breakdown {@code used} by category and resource, with every configured category and each with usage
 * @param consumers {@code used} by consumer and resource; usage without a consumer is left out
 */
public record WindowReport(
        Window window,
        Window.Span span,
        SortedMap<String, BigDecimal> used,
        SortedMap<String, Quota> quotas,
        SortedMap<String, SortedMap<String, BigDecimal>> breakdown,
        SortedMap<String, SortedMap<String, BigDecimal>> consumers) {

    /** When the window resets. */
    public Instant resetsAt() {
        return span.resetsAt();
    }

    /**
     * Computes the report on a window.
     *
     * @param totals with the days of the span
     */
    public static WindowReport of(
            ProviderConfig provider, Window window, Window.Span span, Thresholds thresholds, Snapshot totals) {
        SortedMap<String, BigDecimal> used = zeros(provider);
        var breakdown = new TreeMap<String, SortedMap<String, BigDecimal>>();
        var consumers = new TreeMap<String, SortedMap<String, BigDecimal>>();
        provider.categories().forEach(category -> breakdown.put(category, zeros(provider)));
        totals.forEachCell(provider.name(), span.from(), span.until(), (cell, units) -> {
            String resource = cell.measure().resource();
            if (provider.resources().contains(resource)) {
                BigDecimal counted = provider.counted(cell.measure(), units);
                used.merge(resource, counted, BigDecimal::add);
                breakdown
                        .computeIfAbsent(cell.category(), category -> zeros(provider))
                        .merge(resource, counted, BigDecimal::add);
                if (!cell.consumer().isEmpty()) {
                    consumers
                            .computeIfAbsent(cell.consumer(), consumer -> zeros(provider))
                            .merge(resource, counted, BigDecimal::add);
                }
            }
        });
        var quotas = new TreeMap<String, Quota>();
        used.forEach((resource, amount) -> {
            BigDecimal limit = provider.limit(window, resource);
            if (limit != null) {
                quotas.put(resource, new Quota(amount, limit, thresholds));
            }
        });
        return new WindowReport(
                window,
                span,
                Collections.unmodifiableSortedMap(used),
                Collections.unmodifiableSortedMap(quotas),
                Collections.unmodifiableSortedMap(breakdown),
                Collections.unmodifiableSortedMap(consumers));
    }

    private static SortedMap<String, BigDecimal> zeros(ProviderConfig provider) {
        var zeros = new TreeMap<String, BigDecimal>();
        provider.resources().forEach(resource -> zeros.put(resource, BigDecimal.ZERO));
        return zeros;
    }
}
