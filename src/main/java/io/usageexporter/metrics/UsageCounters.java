package io.usageexporter.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.usageexporter.event.Measure;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.report.ProviderReport;
import io.usageexporter.report.Report;
import io.usageexporter.totals.Series;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The counters of recorded usage. The totals are those of the report; only which series there are, and in which order, is
 * kept from one scrape to the next, until there are others. Thread-safe.
 */
final class UsageCounters {
    private volatile List<UsageSeries> ordered = List.of();

    void addTo(Report report, List<MetricSnapshot> metrics) {
        Map<Series, BigDecimal> totals = totals(report);
        CounterBuilder counter = null;
        String resource = "";
        for (UsageSeries series : ordered(totals.keySet())) {
            if (counter == null || !series.resource().equals(resource)) {
                if (counter != null) {
                    counter.addTo(metrics);
                }
                resource = series.resource();
                counter = new CounterBuilder(
                        "api_usage_" + resource, "Total usage recorded: " + resource.replace('_', ' ') + ".");
            }
            counter.add(series.at(
                    totals.getOrDefault(series.series(), BigDecimal.ZERO).doubleValue()));
        }
        if (counter != null) {
            counter.addTo(metrics);
        }
    }

    /** The totals to show, with 0 for what is configured and was not used. */
    private static Map<Series, BigDecimal> totals(Report report) {
        Map<Series, BigDecimal> recorded = report.totals().snapshot().series();
        Map<Series, BigDecimal> totals = new HashMap<>(2 * recorded.size());
        var shown = new HashMap<String, Set<String>>();
        for (ProviderReport each : report.providers()) {
            ProviderConfig provider = each.provider();
            shown.put(provider.name(), provider.resources());
            for (String category : provider.categories()) {
                for (Measure measure : provider.measures()) {
                    add(totals, new Series(provider.name(), category, "", measure), BigDecimal.ZERO);
                }
            }
        }
        recorded.forEach((series, total) -> {
            if (shown.getOrDefault(series.provider(), Set.of())
                    .contains(series.measure().resource())) {
                add(totals, series, total);
            }
        });
        return totals;
    }

    /** What usage costs may be corrected, and a counter must not fall. */
    private static void add(Map<Series, BigDecimal> totals, Series series, BigDecimal total) {
        if (!series.measure().resource().equals(Measure.USD)) {
            totals.put(series, total);
        }
    }

    private List<UsageSeries> ordered(Set<Series> wanted) {
        List<UsageSeries> last = ordered;
        if (last.size() == wanted.size() && last.stream().allMatch(each -> wanted.contains(each.series()))) {
            return last;
        }
        var known = new HashMap<Series, UsageSeries>();
        last.forEach(each -> known.put(each.series(), each));
        List<UsageSeries> now = wanted.stream()
                .map(series -> known.computeIfAbsent(series, UsageSeries::new))
                .sorted(UsageSeries.ORDER)
                .toList();
        ordered = now;
        return now;
    }
}
