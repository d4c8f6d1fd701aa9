package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Thresholds;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.time.Instant;
import java.time.LocalDate;
import java.util.AbstractList;
import java.util.Collection;
import java.util.List;

/**
 * Usage per window, against the limits of the current configuration. Windows that ended before the first day with usage
 * of their provider are unknown rather than 0, and omitted. Immutable.
 *
 * @param generatedAt when it was computed
 * @param window the kind of windows listed
 * @param providers ordered by name
 */
public record History(Instant generatedAt, Window window, Thresholds thresholds, List<ProviderHistory> providers) {

    /**
     * Computes a history.
     *
     * @param totals holding the usage of all {@link HistoryQuery#spans}
     */
    public static History of(
            Thresholds thresholds,
            Collection<ProviderConfig> providers,
            PricedTotals totals,
            HistoryQuery query,
            Instant now) {
        List<ProviderHistory> histories = query.choose(ShownResources.of(providers, totals, now)).stream()
                .map(provider -> new ProviderHistory(provider, windows(provider, thresholds, totals, query, now)))
                .toList();
        return new History(now, query.window(), thresholds, histories);
    }

    private static List<WindowReport> windows(
            ProviderConfig provider, Thresholds thresholds, PricedTotals totals, HistoryQuery query, Instant now) {
        LocalDate firstDay = totals.snapshot().firstDays().get(provider.name());
        if (firstDay == null) {
            return List.of();
        }
        List<Span> spans = query.spans(provider, totals.snapshot(), now).stream()
                .filter(span -> span.until().isAfter(firstDay))
                .toList();
        return new AbstractList<>() {
            @Override
            public WindowReport get(int index) {
                return WindowReport.of(provider, query.window(), spans.get(index), thresholds, totals);
            }

            @Override
            public int size() {
                return spans.size();
            }
        };
    }
}
