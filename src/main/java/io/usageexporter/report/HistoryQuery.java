package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Window;
import io.usageexporter.quota.Window.Span;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a history lists. Its dates are days in each provider's own zone, and both ends are included.
 *
 * @param window daily or monthly; of the monthly windows each that overlaps the dates, whole
 * @param provider the only one to list, or null for all
 * @param resource the only one to list, or null for all
 * @param from the first day, or null for {@code days} of them
 * @param to the last day, or null for today
 * @param days how many there are when {@code from} is null, 1 to {@value #MAX_DAYS}
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

    /** The number of days of who does not say. */
    public static final int DEFAULT_DAYS = 30;

    /** The last days of everything, with today. */
    public static HistoryQuery lastDays(int days) {
        return new HistoryQuery(Window.DAILY, null, null, null, null, days);
    }

    /** Those of the providers that it lists, each as if it counted only what is listed. */
    public List<ProviderConfig> choose(Collection<ProviderConfig> providers) {
        return providers.stream()
                .filter(each -> provider == null || provider.equals(each.name()))
                .filter(each -> resource == null || each.resources().contains(resource))
                .map(each -> resource == null ? each : each.only(resource))
                .toList();
    }

    /** The windows of a provider that overlap the dates, oldest first, none after the one that contains now. */
    public List<Span> spans(ProviderConfig provider, Instant now) {
        LocalDate today = LocalDate.ofInstant(now, provider.zone());
        LocalDate last = to == null ? today : to;
        LocalDate first = from == null ? last.minusDays(days - 1L) : from;
        var spans = new ArrayList<Span>();
        Span span = window.containing(first, provider.zone(), provider.resetDay());
        while (!span.from().isAfter(last) && !span.from().isAfter(today)) {
            spans.add(span);
            span = window.containing(span.until(), provider.zone(), provider.resetDay());
        }
        return spans;
    }
}
