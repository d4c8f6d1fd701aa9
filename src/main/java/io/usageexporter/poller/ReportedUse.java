package io.usageexporter.poller;

import io.usageexporter.event.Measure;
import io.usageexporter.provider.anthropic.ReportedRow;
import io.usageexporter.quota.Provider;
import io.usageexporter.quota.Reported;
import io.usageexporter.quota.ReportedDay;
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
 * What a provider reported when it was last asked. A row belongs to the day and the window in which its span begins.
 * Immutable.
 *
 * @param provider as it was configured then
 * @param from when the report begins
 * @param asOf when it was asked for
 * @param tellsRequests whether the report can tell requests
 */
record ReportedUse(Provider provider, Instant from, Instant asOf, boolean tellsRequests, List<ReportedRow> rows) {
    /** The use in the windows that contain an instant. Nothing is said of a window that the report does not reach. */
    List<Reported> reported(Instant at) {
        var reported = new ArrayList<Reported>();
        for (Window window : Window.values()) {
            Window.Span span = window.containing(at, provider.zone(), provider.resetDay());
            if (!span.startsAt().isBefore(from) && !span.startsAt().isAfter(asOf)) {
                used(rowsIn(span))
                        .forEach((resource, used) ->
                                reported.add(new Reported(provider.name(), resource, window, used, null)));
            }
        }
        return List.copyOf(reported);
    }

    private List<ReportedRow> rowsIn(Window.Span span) {
        return rows.stream()
                .filter(row -> !row.startingAt().isBefore(span.startsAt())
                        && row.startingAt().isBefore(span.resetsAt()))
                .toList();
    }

    /** The use by day and model, in this order. */
    List<ReportedDay> days() {
        var rowsOfDays = new TreeMap<LocalDate, SortedMap<String, List<ReportedRow>>>();
        for (ReportedRow row : rows) {
            rowsOfDays
                    .computeIfAbsent(LocalDate.ofInstant(row.startingAt(), provider.zone()), day -> new TreeMap<>())
                    .computeIfAbsent(row.model(), model -> new ArrayList<>())
                    .add(row);
        }
        var days = new ArrayList<ReportedDay>();
        rowsOfDays.forEach((date, models) ->
                models.forEach((model, ofModel) -> days.add(new ReportedDay(date, model, used(ofModel)))));
        return List.copyOf(days);
    }

    private SortedMap<String, BigDecimal> used(List<ReportedRow> some) {
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

    /** Null unless every row tells them, since a part of them would be taken for all. */
    private @Nullable BigDecimal requests(List<ReportedRow> some) {
        BigDecimal sum = BigDecimal.ZERO;
        for (ReportedRow row : some) {
            if (row.requests() == null) {
                return null;
            }
            sum = sum.add(row.requests());
        }
        return tellsRequests ? sum : null;
    }

    private BigDecimal tokens(List<ReportedRow> some) {
        BigDecimal sum = BigDecimal.ZERO;
        for (ReportedRow row : some) {
            for (var tokens : row.tokens().entrySet()) {
                sum = sum.add(provider.counted(Measure.tokens(tokens.getKey()), tokens.getValue()));
            }
        }
        return sum;
    }
}
