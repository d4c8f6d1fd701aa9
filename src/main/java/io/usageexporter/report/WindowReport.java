package io.usageexporter.report;

import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Quota;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is used and left in one window of one provider. Money is the exact cost, rounded to six places.
 *
 * @param bounds null if it is a session and none is running
 * @param used usage of every resource of the provider
 * @param quotas by resource, for those with a limit in this window
 * @param breakdown {@code used} by category and resource, with every configured category and each with usage; without
 *     money where nothing has a price
 * @param consumers {@code used} by consumer and resource; usage without a consumer is left out
 * @param models {@code used} by model and resource; usage without a model is left out
 * @param consumerQuotas by configured consumer and resource, for those with a limit in this window
 * @param unpriced usage without a price, by model and resource; where money is not shown, of tokens only
 */
public record WindowReport(
        Window window,
        @Nullable Span bounds,
        SortedMap<String, BigDecimal> used,
        SortedMap<String, Quota> quotas,
        SortedMap<String, SortedMap<String, BigDecimal>> breakdown,
        SortedMap<String, SortedMap<String, BigDecimal>> consumers,
        SortedMap<String, SortedMap<String, BigDecimal>> models,
        SortedMap<String, SortedMap<String, Quota>> consumerQuotas,
        SortedMap<String, SortedMap<String, BigDecimal>> unpriced) {

    /** Its bounds, which it must have. */
    public Span span() {
        return Objects.requireNonNull(bounds, "no session is running");
    }

    /** When the window resets; null if no session is running. */
    public @Nullable Instant resetsAt() {
        return bounds == null ? null : bounds.resetsAt();
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
     * @param bounds null if it is a session and none is running
     * @param totals with the usage of the window
     */
    public static WindowReport of(
            ProviderConfig provider, Window window, @Nullable Span bounds, Thresholds thresholds, PricedTotals totals) {
        SortedMap<String, BigDecimal> used = zeros(provider);
        var breakdown = new TreeMap<String, SortedMap<String, BigDecimal>>();
        var consumers = new TreeMap<String, SortedMap<String, BigDecimal>>();
        var models = new TreeMap<String, SortedMap<String, BigDecimal>>();
        provider.categories().forEach(category -> breakdown.put(category, zeros(provider)));
        List<PricedDay> days = totals.days(provider.name(), window, bounds);
        days.forEach(day -> day.forEachCell((cell, units) -> {
            String resource = cell.measure().resource();
            if (provider.resources().contains(resource)) {
                BigDecimal counted = provider.counted(cell.measure(), units);
                used.merge(resource, counted, BigDecimal::add);
                add(breakdown, cell.category(), provider, resource, counted);
                if (!cell.consumer().isEmpty()) {
                    add(consumers, cell.consumer(), provider, resource, counted);
                }
                if (!cell.model().isEmpty()) {
                    add(models, cell.model(), provider, resource, counted);
                }
            }
        }));
        roundMoney(used);
        breakdown.values().forEach(WindowReport::roundMoney);
        consumers.values().forEach(WindowReport::roundMoney);
        models.values().forEach(WindowReport::roundMoney);
        var unpriced = new TreeMap<String, SortedMap<String, BigDecimal>>();
        var unpricedCategories = new HashSet<String>();
        var unpricedConsumers = new HashSet<String>();
        boolean hasMoney = provider.resources().contains(Measure.USD);
        days.forEach(day -> day.unpriced().forEach((cell, units) -> {
            String resource = cell.measure().resource();
            if (hasMoney || resource.equals(Measure.TOKENS)) {
                unpriced.computeIfAbsent(cell.model(), model -> new TreeMap<>())
                        .merge(resource, units, BigDecimal::add);
                unpricedCategories.add(cell.category());
                unpricedConsumers.add(cell.consumer());
            }
        }));
        removeZeroMoney(breakdown, unpricedCategories);
        removeZeroMoney(consumers, unpricedConsumers);
        removeZeroMoney(models, unpriced.keySet());
        var limited = new Limited(provider, window, thresholds);
        var consumerQuotas = new TreeMap<String, SortedMap<String, Quota>>();
        provider.consumers().forEach((name, consumer) -> {
            SortedMap<String, BigDecimal> own = consumers.getOrDefault(name, Collections.emptySortedMap());
            SortedMap<String, Quota> quotas = limited.quotas(consumer.limits(), own, unpricedConsumers.contains(name));
            if (!quotas.isEmpty()) {
                consumerQuotas.put(name, quotas);
            }
        });
        return new WindowReport(
                window,
                bounds,
                Collections.unmodifiableSortedMap(used),
                limited.quotas(provider.limits(), used, !unpriced.isEmpty()),
                Collections.unmodifiableSortedMap(breakdown),
                Collections.unmodifiableSortedMap(consumers),
                Collections.unmodifiableSortedMap(models),
                Collections.unmodifiableSortedMap(consumerQuotas),
                Collections.unmodifiableSortedMap(unpriced));
    }

    private static void add(
            SortedMap<String, SortedMap<String, BigDecimal>> parts,
            String name,
            ProviderConfig provider,
            String resource,
            BigDecimal counted) {
        parts.computeIfAbsent(name, absent -> zeros(provider)).merge(resource, counted, BigDecimal::add);
    }

    /** Sets usage against limits. */
    private record Limited(ProviderConfig provider, Window window, Thresholds thresholds) {
        /** @param isAtLeast whether some of the usage has no price */
        SortedMap<String, Quota> quotas(
                Map<Window, SortedMap<String, BigDecimal>> limits, Map<String, BigDecimal> used, boolean isAtLeast) {
            SortedMap<String, BigDecimal> ofWindow = limits.getOrDefault(window, Collections.emptySortedMap());
            var quotas = new TreeMap<String, Quota>();
            for (String resource : provider.resources()) {
                BigDecimal limit = ofWindow.get(resource);
                if (limit != null) {
                    BigDecimal amount = used.getOrDefault(resource, BigDecimal.ZERO);
                    quotas.put(
                            resource, new Quota(amount, limit, thresholds, isAtLeast && resource.equals(Measure.USD)));
                }
            }
            return Collections.unmodifiableSortedMap(quotas);
        }
    }

    /** Takes money away from parts of which nothing is known but usage without a price. */
    private static void removeZeroMoney(Map<String, SortedMap<String, BigDecimal>> parts, Set<String> unpriced) {
        for (String name : unpriced) {
            SortedMap<String, BigDecimal> used = parts.get(name);
            if (used != null) {
                used.computeIfPresent(Measure.USD, (usd, amount) -> amount.signum() == 0 ? null : amount);
            }
        }
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
