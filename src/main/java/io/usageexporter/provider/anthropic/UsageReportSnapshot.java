package io.usageexporter.provider.anthropic;

import io.usageexporter.event.Measure;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.quota.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A complete usage report. A row belongs to the day and the window in which its time range begins. Immutable.
 *
 * @param provider as configured at the time
 * @param from start of the report
 * @param asOf when it was requested
 * @param reportsRequests whether the report includes requests
 */
record UsageReportSnapshot(
        ProviderConfig provider, Instant from, Instant asOf, boolean reportsRequests, List<UsageReportRow> rows) {
    /** The usage in the windows that contain an instant, except windows that the report does not cover. */
    List<ProviderReportedUsage> reported(Instant at) {
        var reported = new ArrayList<ProviderReportedUsage>();
        for (Window window : Window.values()) {
            Window.Span span = window.containing(at, provider.zone(), provider.resetDay());
            if (!span.startsAt().isBefore(from) && !span.startsAt().isAfter(asOf)) {
                used(rowsIn(span))
                        .forEach((resource, used) ->
                                reported.add(new ProviderReportedUsage(provider.name(), resource, window, used, null)));
            }
        }
        return List.copyOf(reported);
    }

    private List<UsageReportRow> rowsIn(Window.Span span) {
        return rows.stream()
                .filter(row -> !row.startingAt().isBefore(span.startsAt())
                        && row.startingAt().isBefore(span.resetsAt()))
                .toList();
    }

    /** The usage by day and model, in this order. */
    List<ProviderReportedDay> days() {
        var rowsOfDays = new TreeMap<LocalDate, SortedMap<String, List<UsageReportRow>>>();
        for (UsageReportRow row : rows) {
            rowsOfDays
                    .computeIfAbsent(LocalDate.ofInstant(row.startingAt(), provider.zone()), day -> new TreeMap<>())
                    .computeIfAbsent(row.model(), model -> new ArrayList<>())
                    .add(row);
        }
        var days = new ArrayList<ProviderReportedDay>();
        rowsOfDays.forEach((date, models) ->
                models.forEach((model, ofModel) -> days.add(new ProviderReportedDay(date, model, used(ofModel)))));
        return List.copyOf(days);
    }

    private SortedMap<String, BigDecimal> used(List<UsageReportRow> some) {
        var used = new TreeMap<String, BigDecimal>();
        BigDecimal requests = requests(some);
        if (requests != null && provider.resources().contains(Measure.REQUESTS)) {
            used.put(Measure.REQUESTS, requests);
        }
        if (provider.resources().contains(Measure.TOKENS)) {
            used.put(Measure.TOKENS, tokens(some));
        }
        return used;
    }

    /** Null unless every row reports them, since a partial sum would be misleading. */
    private @Nullable BigDecimal requests(List<UsageReportRow> some) {
        BigDecimal sum = BigDecimal.ZERO;
        for (UsageReportRow row : some) {
            if (row.requests() == null) {
                return null;
            }
            sum = sum.add(row.requests());
        }
        return reportsRequests ? sum : null;
    }

    private BigDecimal tokens(List<UsageReportRow> some) {
        BigDecimal sum = BigDecimal.ZERO;
        for (UsageReportRow row : some) {
            for (var tokens : row.tokens().entrySet()) {
                sum = sum.add(provider.counted(Measure.tokens(tokens.getKey()), tokens.getValue()));
            }
        }
        return sum;
    }
}
