package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to list in a history. Dates are inclusive and in each provider's own zone.
 *
 * @param window daily or monthly; monthly windows that overlap the dates are listed completely
 * @param provider the only one to list, or null for all
 * @param resource the only one to list, or null for all
 * @param from the first day, or null for {@code days} days
 * @param to the last day, or null for today
 * @param days the number of days if {@code from} is null, 1 to {@value #MAX_DAYS}
 */
public record HistoryQuery(
        Window window,
        @Nullable String provider,
        @Nullable String resource,
        @Nullable LocalDate from,
        @Nullable LocalDate to,
        int days) {
    /** The largest number of days from the first to the last. */
    public static final int MAX_DAYS = 400;

    /** Default number of days. */
    public static final int DEFAULT_DAYS = 30;

    /** All providers and resources on the last days, including today. */
    public static HistoryQuery lastDays(int days) {
        return new HistoryQuery(Window.DAILY, null, null, null, null, days);
    }

    /** The providers to list, each reduced to the resource to list. */
    public List<ProviderConfig> choose(Collection<ProviderConfig> providers) {
        return providers.stream()
                .filter(each -> provider == null || provider.equals(each.name()))
                .filter(each -> resource == null || each.resources().contains(resource))
                .map(each -> resource == null ? each : each.only(resource))
                .toList();
    }

    /** The windows of a provider that overlap the dates, oldest first, up to the current one. */
    public List<Span> spans(ProviderConfig provider, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, provider.zone());
        LocalDate last = to == null ? today : to;
        LocalDate first = from == null ? last.minusDays(days - 1L) : from;
        var spans = new ArrayList<Span>();
        Span span = provider.calendar().containing(window, first);
        while (!span.from().isAfter(last) && !span.from().isAfter(today)) {
            spans.add(span);
            span = provider.calendar().containing(window, span.until());
        }
        return spans;
    }
}
