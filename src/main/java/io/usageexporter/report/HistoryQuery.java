package io.usageexporter.report;

import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.window.Window;
import io.usageexporter.window.Window.Span;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to list in a history. Dates are inclusive and in each provider's own zone.
 *
 * @param window the kind of windows; those that overlap the dates are listed completely
 * @param provider the only one to list, or null for all
 * @param resource the only one to list, or null for all
 * @param from the first day, or null for {@code days} days
 * @param to the last day, or null for today
 * @param days the number of days if {@code from} is null, 1 to {@link #maxDays}
 */
public record HistoryQuery(
        Window window,
        @Nullable String provider,
        @Nullable String resource,
        @Nullable LocalDate from,
        @Nullable LocalDate to,
        int days) {
    /** The largest number of days from the first to the last, for windows of days. */
    public static final int MAX_DAYS = 400;

    /** Fewer for hours and sessions, of which there are many a day. */
    private static final int MAX_DAYS_OF_HOURS = 14;

    private static final int DEFAULT_DAYS = 30;
    private static final int DEFAULT_DAYS_OF_HOURS = 7;

    /** The largest number of days from the first to the last. */
    public static int maxDays(Window window) {
        return window.isOfDays() ? MAX_DAYS : MAX_DAYS_OF_HOURS;
    }

    /** The number of days where none is given. */
    public static int defaultDays(Window window) {
        return window.isOfDays() ? DEFAULT_DAYS : DEFAULT_DAYS_OF_HOURS;
    }

    /** All providers and resources on the last days, including today. */
    public static HistoryQuery lastDays(int days) {
        return new HistoryQuery(Window.DAILY, null, null, null, null, days);
    }

    /** Whether the windows of a provider can be listed: hours and sessions only where they are limited. */
    public boolean isCounted(ProviderConfig each) {
        return window.isOfDays() || each.windows().contains(window);
    }

    /** The providers to list, each reduced to the resource to list. */
    public List<ProviderConfig> choose(Collection<ProviderConfig> providers) {
        return providers.stream()
                .filter(each -> provider == null || provider.equals(each.name()))
                .filter(each -> resource == null || each.resources().contains(resource))
                .filter(this::isCounted)
                .map(each -> resource == null ? each : each.only(resource))
                .toList();
    }

    /** The start of the first day. */
    Instant startsAt(ZoneId zone, Instant now) {
        return first(zone, now).atStartOfDay(zone).toInstant();
    }

    /** The last instant of the last day, or now, whichever is earlier. */
    Instant endsAt(ZoneId zone, Instant now) {
        Instant end = last(zone, now).plusDays(1).atStartOfDay(zone).toInstant().minusNanos(1);
        return end.isBefore(now) ? end : now;
    }

    private LocalDate first(ZoneId zone, Instant now) {
        return from == null ? last(zone, now).minusDays(days - 1L) : from;
    }

    private LocalDate last(ZoneId zone, Instant now) {
        return to == null ? LocalDate.ofInstant(now, zone) : to;
    }

    /**
     * The windows of a provider that overlap the dates, oldest first, up to the current one.
     *
     * @param totals with all sessions that overlap the dates
     */
    public List<Span> spans(ProviderConfig each, Snapshot totals, Instant now) {
        Instant start = startsAt(each.zone(), now);
        Instant end = endsAt(each.zone(), now);
        if (window == Window.SESSION) {
            return totals.windows().sessions(each.name(), each.zone()).stream()
                    .filter(span ->
                            span.resetsAt().isAfter(start) && !span.startsAt().isAfter(end))
                    .toList();
        }
        var spans = new ArrayList<Span>();
        Span span = each.calendar().containing(window, start);
        while (!span.startsAt().isAfter(end)) {
            spans.add(span);
            span = each.calendar().containing(window, span.resetsAt());
        }
        return spans;
    }
}
