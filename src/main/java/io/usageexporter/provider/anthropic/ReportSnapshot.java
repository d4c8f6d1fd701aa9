package io.usageexporter.provider.anthropic;

import io.usageexporter.event.Measure;
import io.usageexporter.provider.PollResult;
import io.usageexporter.provider.ProviderReportedDay;
import io.usageexporter.provider.ProviderReportedUsage;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A complete report. A row belongs to the day and the window in which its time range begins. Immutable.
 *
 * @param provider as configured at the time
 * @param from start of the report
 * @param asOf when it was requested
 * @param resources which it reports
 */
record ReportSnapshot(
        ProviderConfig provider, Instant from, Instant asOf, Set<String> resources, List<ReportRow> rows) {
    /** The usage in the windows that contain an instant, except windows that the report does not cover. */
    List<PollResult.Figure> figures(Instant at) {
        var figures = new ArrayList<PollResult.Figure>();
        for (Window window : provider.windows()) {
            if (!window.isOfDays()) {
                continue; // its rows may be of days
            }
            Window.Span span = provider.calendar().containing(window, at);
            if (!span.startsAt().isBefore(from) && !span.startsAt().isAfter(asOf)) {
                used(rowsIn(span))
                        .forEach((resource, used) -> figures.add(new PollResult.Figure(
                                new ProviderReportedUsage(provider.name(), resource, window, used, null),
                                span.resetsAt())));
            }
        }
        return figures;
    }

    private List<ReportRow> rowsIn(Window.Span span) {
        return rows.stream()
                .filter(row -> !row.startingAt().isBefore(span.startsAt())
                        && row.startingAt().isBefore(span.resetsAt()))
                .toList();
    }

    /** The usage by day and model, in this order. */
    List<ProviderReportedDay> days() {
        var rowsOfDays = new TreeMap<LocalDate, SortedMap<String, List<ReportRow>>>();
        for (ReportRow row : rows) {
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

    /** What costs are reported is of interest even where the provider's configuration does not count money. */
    private SortedMap<String, BigDecimal> used(List<ReportRow> some) {
        var used = new TreeMap<String, BigDecimal>();
        for (String resource : resources) {
            BigDecimal sum =
                    resource.equals(Measure.USD) || provider.resources().contains(resource)
                            ? sum(some, resource)
                            : null;
            if (sum != null) {
                used.put(resource, sum);
            }
        }
        return used;
    }

    /** Null unless every row reports the resource, since a partial sum would be misleading. */
    private @Nullable BigDecimal sum(List<ReportRow> some, String resource) {
        BigDecimal sum = BigDecimal.ZERO;
        for (ReportRow row : some) {
            boolean isReported = false;
            for (var amount : row.amounts().entrySet()) {
                if (amount.getKey().resource().equals(resource)) {
                    sum = sum.add(provider.counted(amount.getKey(), amount.getValue()));
                    isReported = true;
                }
            }
            if (!isReported) {
                return null;
            }
        }
        return sum;
    }
}
