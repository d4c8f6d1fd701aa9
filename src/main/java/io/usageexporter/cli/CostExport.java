package io.usageexporter.cli;

import io.usageexporter.config.Config;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerException;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.render.FocusCsvView;
import io.usageexporter.render.FocusRow;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Series;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the usage of each day costs, for programs that manage costs.
 *
 * @param from the first day; null for that of the provider's month
 * @param to the last day; null for today
 * @param err for warnings
 */
record CostExport(
        Config config,
        LedgerAddress ledger,
        @Nullable LocalDate from,
        @Nullable LocalDate to,
        PrintWriter err) {
    private static final Comparator<Series> ORDER = Comparator.comparing(Series::category)
            .thenComparing(Series::consumer)
            .thenComparing(Series::model)
            .thenComparing(Series::pricing)
            .thenComparing(Series::measure);

    private record Span(LocalDate from, LocalDate to) {
        boolean contains(LocalDate date) {
            return !date.isBefore(from) && !date.isAfter(to);
        }
    }

    void write(PrintWriter out, Instant now) throws LedgerException, IOException {
        List<FocusRow> rows = rows(now);
        FocusCsvView.write(rows.iterator(), out);
        long unpriced = rows.stream().filter(FocusRow::isUnpriced).count();
        if (unpriced > 0) {
            err.println("warning: rows without a known price, whose x_CostBasis is Unknown: " + unpriced + " of "
                    + rows.size());
        }
    }

    private List<FocusRow> rows(Instant now) throws LedgerException {
        Map<String, Span> spans = config.providers().values().stream()
                .collect(Collectors.toMap(ProviderConfig::name, provider -> span(provider, now)));
        var rows = new ArrayList<FocusRow>();
        var unknown = new TreeSet<String>();
        read(spans.values()).forEach((day, cells) -> {
            ProviderConfig provider = config.providers().get(day.provider());
            Span span = spans.get(day.provider());
            if (provider == null || span == null) {
                unknown.add(day.provider());
            } else if (span.contains(day.date())) {
                cells.entrySet().stream()
                        .filter(cell -> cell.getValue().signum() > 0)
                        .sorted(Map.Entry.comparingByKey(ORDER))
                        .map(cell ->
                                new FocusRow(config.prices(), provider, day.date(), cell.getKey(), cell.getValue()))
                        .forEach(rows::add);
            }
        });
        unknown.forEach(
                provider -> err.println("warning: left out, since it is not in the configuration: " + provider));
        return rows;
    }

    private Span span(ProviderConfig provider, Instant now) {
        LocalDate last = to != null ? to : LocalDate.ofInstant(now, provider.zone());
        LocalDate first = from != null
                ? from
                : provider.calendar().containing(Window.MONTHLY, last).from();
        return new Span(first, last);
    }

    private SortedMap<Day, Map<Series, BigDecimal>> read(Collection<Span> spans) throws LedgerException {
        var days = new TreeMap<Day, Map<Series, BigDecimal>>(
                Comparator.comparing(Day::provider).thenComparing(Day::date));
        try (LedgerReader reader = ledger.read()) {
            days.putAll(reader.days(
                    Collections.min(spans.stream().map(Span::from).toList()),
                    Collections.max(spans.stream().map(Span::to).toList()).plusDays(1)));
        }
        return days;
    }
}
