package io.usageexporter.report;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is used and left in one window of one provider. Money is the exact cost, rounded to six places.
 *
 * @param span its bounds
 * @param used usage of every resource of the provider
 * @param quotas by resource, for those with a limit in this window
 * @param breakdown {@code used} by category and resource, with every configured category and each with usage; without
 *     money where nothing has a price
 * @param consumers {@code used} by consumer and resource; usage without a consumer is left out
 * @param unpriced usage without a price, by model and resource; where money is not shown, of tokens only
 */
public record WindowReport(
        Window window,
        Window.Span span,
        SortedMap<String, BigDecimal> used,
        SortedMap<String, Quota> quotas,
        SortedMap<String, SortedMap<String, BigDecimal>> breakdown,
        SortedMap<String, SortedMap<String, BigDecimal>> consumers,
        SortedMap<String, SortedMap<String, BigDecimal>> unpriced) {

    /** When the window resets. */
    public Instant resetsAt() {
        return span.resetsAt();
    }

    /** Whether more may be used of a resource than is known, since some usage has no price. */
    public boolean isAtLeast(String resource) {
        return resource.equals(Measure.USD) && !unpriced.isEmpty();
    }

    /** Whether nothing is known about what is used of a resource, which is then not 0. */
    public boolean isUnknown(String resource) {
        return isAtLeast(resource)
                && used.getOrDefault(resource, BigDecimal.ZERO).signum() == 0;
    }

    /**
     * Computes the report on a window.
     *
     * @param totals with the days of the span
     */
    public static WindowReport of(
            ProviderConfig provider, Window window, Window.Span span, Thresholds thresholds, PricedTotals totals) {
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
        roundMoney(used);
        breakdown.values().forEach(WindowReport::roundMoney);
        consumers.values().forEach(WindowReport::roundMoney);
        SortedMap<String, SortedMap<String, BigDecimal>> unpriced =
                unpriced(provider, span, totals, breakdown, consumers);
        var quotas = new TreeMap<String, Quota>();
        used.forEach((resource, amount) -> {
            BigDecimal limit = provider.limit(window, resource);
            if (limit != null) {
                boolean isAtLeast = resource.equals(Measure.USD) && !unpriced.isEmpty();
                quotas.put(resource, new Quota(amount, limit, thresholds, isAtLeast));
            }
        });
        return new WindowReport(
                window,
                span,
                Collections.unmodifiableSortedMap(used),
                Collections.unmodifiableSortedMap(quotas),
                Collections.unmodifiableSortedMap(breakdown),
                Collections.unmodifiableSortedMap(consumers),
                unpriced);
    }

    /** Usage without a price; takes money away from parts of which nothing else is known. */
    private static SortedMap<String, SortedMap<String, BigDecimal>> unpriced(
            ProviderConfig provider,
            Window.Span span,
            PricedTotals totals,
            Map<String, SortedMap<String, BigDecimal>> breakdown,
            Map<String, SortedMap<String, BigDecimal>> consumers) {
        boolean hasMoney = provider.resources().contains(Measure.USD);
        var unpriced = new TreeMap<String, SortedMap<String, BigDecimal>>();
        totals.forEachUnpriced(provider.name(), span.from(), span.until(), (cell, units) -> {
            String resource = cell.measure().resource();
            if (hasMoney || resource.equals(Measure.TOKENS)) {
                unpriced.computeIfAbsent(cell.model(), model -> new TreeMap<>())
                        .merge(resource, units, BigDecimal::add);
                breakdown.computeIfPresent(cell.category(), (category, part) -> withoutZeroMoney(part));
                consumers.computeIfPresent(cell.consumer(), (consumer, part) -> withoutZeroMoney(part));
            }
        });
        return Collections.unmodifiableSortedMap(unpriced);
    }

    private static SortedMap<String, BigDecimal> withoutZeroMoney(SortedMap<String, BigDecimal> used) {
        used.computeIfPresent(Measure.USD, (usd, amount) -> amount.signum() == 0 ? null : amount);
        return used;
    }

    private static void roundMoney(SortedMap<String, BigDecimal> used) {
        used.computeIfPresent(Measure.USD, (usd, exact) -> exact.setScale(Amount.SCALE, RoundingMode.HALF_EVEN));
    }

    private static SortedMap<String, BigDecimal> zeros(ProviderConfig provider) {
        var zeros = new TreeMap<String, BigDecimal>();
        provider.resources().forEach(resource -> zeros.put(resource, BigDecimal.ZERO));
        return zeros;
    }
}
