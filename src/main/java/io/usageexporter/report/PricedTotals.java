package io.usageexporter.report;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Pricing;
import io.usageexporter.pricing.PriceTable;
import io.usageexporter.quota.HourlyUsage.UsdPerUnit;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Totals and what they cost at the prices in force. Money is computed whenever it is shown, never stored. Thread-safe. */
public final class PricedTotals {
    private final Snapshot snapshot;
    private final PricedDays days;

    PricedTotals(Snapshot snapshot, PricedDays days) {
        this.snapshot = snapshot;
        this.days = days;
    }

    /** Totals whose costs are computed for this once. */
    public static PricedTotals of(Snapshot snapshot, PriceTable prices) {
        return new PricedDays(prices).of(snapshot);
    }

    /** The totals without what they cost. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** The prices in force. */
    PriceTable prices() {
        return days.prices();
    }

    /**
     * Calls back for every cell of a window of a provider, then for what those of each date cost.
     *
     * @param span null for nothing
     */
    public void forEachCell(
            String provider, Window window, @Nullable Span span, BiConsumer<Series, BigDecimal> action) {
        days(provider, window, span).forEach(day -> day.forEachCell(action));
    }

    /**
     * The dates in a window of a provider.
     *
     * @param span null for none
     */
    List<PricedDay> days(String provider, Window window, @Nullable Span span) {
        var priced = new ArrayList<PricedDay>();
        if (span != null) {
            snapshot.forEachPart(provider, window, span, (key, date, cells) -> priced.add(days.of(key, date, cells)));
        }
        return priced;
    }

    private PricedDay day(String provider, LocalDate date) {
        var day = new Day(provider, date);
        return days.of(day, date, snapshot.days().getOrDefault(day, Map.of()));
    }

    /** Whether money was ever recorded for a provider, or any of its usage has a price now. */
    boolean hasMoney(ProviderConfig provider, LocalDate date) {
        for (Series series : snapshot.series().keySet()) {
            if (series.provider().equals(provider.name()) && (isMoney(series) || hasPrice(series, date))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isMoney(Series series) {
        return series.measure().equals(Measure.MONEY);
    }

    private boolean hasPrice(Series series, LocalDate date) {
        return prices().names(series.provider()) && price(series, date) != null;
    }

    /** No price applies to usage whose cost was reported with it. */
    private @Nullable BigDecimal price(Series series, LocalDate date) {
        Pricing pricing = Pricing.parse(series.pricing());
        return pricing.has(Pricing.REPORTED)
                ? null
                : prices().usd(series.provider(), series.model(), pricing, series.measure(), date);
    }

    /** The prices that hold on a day for what a provider was ever used for, each once. */
    Collection<PriceInForce> prices(String provider, LocalDate date) {
        if (!prices().names(provider)) {
            return List.of();
        }
        var inForce = new HashMap<Series, PriceInForce>();
        for (Series series : snapshot.series().keySet()) {
            if (series.provider().equals(provider)) {
                var key = new Series(provider, "", "", series.model(), series.pricing(), series.measure());
                inForce.computeIfAbsent(key, each -> {
                    BigDecimal usd = price(each, date);
                    return usd == null
                            ? null
                            : new PriceInForce(provider, each.model(), each.pricing(), each.measure(), usd);
                });
            }
        }
        return inForce.values();
    }

    /** What units cost on average on the day of an hour. */
    UsdPerUnit usdPerUnit(String provider, ZoneId zone) {
        var averages = new HashMap<LocalDate, Map<Measure, Double>>();
        return (hour, measure) -> averages.computeIfAbsent(
                        LocalDate.ofInstant(hour, zone),
                        date -> day(provider, date).usdPerUnit(prices(), date))
                .getOrDefault(measure, 0.0);
    }
}
