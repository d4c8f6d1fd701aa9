package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Label;
import io.usageexporter.totals.Label.Dimension;
import io.usageexporter.totals.PricingRules;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.SeriesAmounts;
import io.usageexporter.totals.StoredTotals;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Reads the tables that hold totals and what they depend on. */
record TotalsReader(Connection connection) {
    /**
     * The cells of a group as one text, for {@link #cells}, since fetching rows and fields costs more than their content.
     * No name contains control characters.
     */
    static final String CELLS =
            "string_agg(concat_ws('\u001f', category, consumer, model, pricing, measure, amount), '\u001e')";

    private static final String SERIES = "provider, category, consumer, model, pricing, measure";

    /** All totals, with the days from a date on, and the hours and sessions from an instant on. */
    StoredTotals totals(LocalDate daysFrom, Instant windowsFrom) throws SQLException {
        var windows = new WindowTable(connection);
        Aggregates sums = sums(daysFrom);
        sums.windows().putAll(windows.from(windowsFrom));
        return new StoredTotals(
                daysFrom,
                windowsFrom,
                sums,
                labels(),
                seriesSince(),
                pricing(),
                windows.counted(),
                windows.sessions(daysFrom.atStartOfDay(ZoneOffset.UTC).toInstant()),
                firstDays());
    }

    /** Totals of no events, which count further ones under the names that they had when they were recorded. */
    Totals withoutSums() throws SQLException {
        return new Totals(new StoredTotals(
                LocalDate.MAX,
                Instant.MAX,
                new Aggregates(),
                labels(),
                seriesSince(),
                pricing(),
                new WindowTable(connection).counted(),
                Map.of(),
                Map.of()));
    }

    /** All sums but those of hours and sessions; of days, those from a date on. */
    Aggregates sums(LocalDate daysFrom) throws SQLException {
        var sums = new Aggregates();
        try (var statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT " + SERIES + ", amount FROM series_total")) {
                while (row.next()) {
                    sums.series().put(series(row), new BigDecimal(row.getString(7)));
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT source, events, undone FROM source_total")) {
                while (row.next()) {
                    Source source = Source.of(row.getString(1));
                    sums.recorded().put(source, row.getLong(2));
                    if (row.getLong(3) > 0) {
                        sums.undone().put(source, row.getLong(3));
                    }
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT name, last_event FROM provider")) {
                while (row.next()) {
                    sums.lastEvent().put(row.getString(1), Instant.ofEpochMilli(row.getLong(2)));
                }
            }
        }
        sums.days().putAll(days(daysFrom, LocalDate.MAX));
        sums.hours().putAll(hours(Totals.firstHourKept(daysFrom), Long.MAX_VALUE));
        return sums;
    }

    /** How many events were recorded. */
    long events() throws SQLException {
        return Sql.number(connection, "SELECT coalesce(sum(events), 0) FROM source_total");
    }

    SortedSet<Measure> measures() throws SQLException {
        var measures = new TreeSet<Measure>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT DISTINCT measure FROM series_total")) {
            while (row.next()) {
                measures.add(Measure.parse(row.getString(1)));
            }
        }
        return measures;
    }

    /** The days from a date to before another, once each is found to be as it was written. */
    Map<Day, Map<Series, BigDecimal>> checkedDays(LocalDate from, LocalDate until) throws SQLException {
        CheckedRows.check(connection, "day_total", "date >= ? AND date < ?", text(from), text(until));
        return days(from, until);
    }

    /** The hours from one to before another, once each is found to be as it was written. */
    Map<Hour, Map<Measure, HourTotal>> checkedHours(long from, long until) throws SQLException {
        CheckedRows.check(connection, "hour_total", "hour >= ? AND hour < ?", from, until);
        return hours(from, until);
    }

    /** The days from a date to before another. */
    Map<Day, Map<Series, BigDecimal>> days(LocalDate from, LocalDate until) throws SQLException {
        var days = new HashMap<Day, Map<Series, BigDecimal>>();
        var known = new HashMap<String, Map<String, Series>>();
        try (PreparedStatement select = connection.prepareStatement("SELECT date, provider, " + CELLS
                + " FROM day_total WHERE date >= ? AND date < ? GROUP BY date, provider")) {
            select.setString(1, text(from));
            select.setString(2, text(until));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String provider = row.getString(2);
                    days.put(
                            new Day(provider, LocalDate.parse(row.getString(1))),
                            cells(
                                    provider,
                                    row.getString(3),
                                    known.computeIfAbsent(provider, absent -> new HashMap<>())));
                }
            }
        }
        return days;
    }

    /** The hours from one to before another. */
    Map<Hour, Map<Measure, HourTotal>> hours(long from, long until) throws SQLException {
        var hours = new HashMap<Hour, Map<Measure, HourTotal>>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT hour, provider, measure, amount, first, last FROM hour_total WHERE hour >= ? AND hour < ?")) {
            select.setLong(1, from);
            select.setLong(2, until);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    hours.computeIfAbsent(new Hour(row.getString(2), row.getLong(1)), key -> new HashMap<>())
                            .put(
                                    Measure.parse(row.getString(3)),
                                    new HourTotal(
                                            new BigDecimal(row.getString(4)),
                                            Instant.ofEpochMilli(row.getLong(5)),
                                            Instant.ofEpochMilli(row.getLong(6))));
                }
            }
        }
        return hours;
    }

    /** @param known cells by text, shared between days */
    static Map<Series, BigDecimal> cells(String provider, String text, Map<String, Series> known) {
        var cells = new HashMap<Series, BigDecimal>();
        for (int from = 0; from < text.length(); ) {
            int separator = text.indexOf('\036', from);
            int end = separator < 0 ? text.length() : separator;
            int amount = text.lastIndexOf('\037', end);
            Series cell = known.computeIfAbsent(text.substring(from, amount), key -> series(provider, key));
            cells.put(cell, new BigDecimal(text.substring(amount + 1, end)));
            from = end + 1;
        }
        return SeriesAmounts.copyOf(cells);
    }

    private static Series series(String provider, String cell) {
        String[] parts = cell.split("\037", -1);
        return new Series(provider, parts[0], parts[1], parts[2], parts[3], Measure.parse(parts[4]));
    }

    /** The first day of each provider that has one. */
    Map<String, LocalDate> firstDays() throws SQLException {
        var first = new HashMap<String, LocalDate>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT name, (SELECT date FROM day_total WHERE provider = name ORDER BY date LIMIT 1)"
                                + " FROM provider")) {
            while (row.next()) {
                String date = row.getString(2);
                if (date != null) {
                    first.put(row.getString(1), LocalDate.parse(date));
                }
            }
        }
        return first;
    }

    List<Label> labels() throws SQLException {
        var labels = new ArrayList<Label>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT provider, dimension, name, since FROM label")) {
            while (row.next()) {
                labels.add(new Label(
                        row.getString(1),
                        Dimension.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                        row.getString(3),
                        row.getLong(4)));
            }
        }
        return labels;
    }

    /** The number of the first event that counts in each series. */
    Map<Series, Long> seriesSince() throws SQLException {
        var since = new HashMap<Series, Long>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT " + SERIES + ", since FROM series_total")) {
            while (row.next()) {
                since.put(series(row), row.getLong(7));
            }
        }
        return since;
    }

    private static Series series(ResultSet row) throws SQLException {
        return new Series(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                Measure.parse(row.getString(6)));
    }

    private PricingRules pricing() throws SQLException {
        var zones = new HashMap<String, ZoneId>();
        var longPrompts = new HashMap<String, LongPromptRules>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name, zone FROM provider")) {
            while (row.next()) {
                zones.put(row.getString(1), ZoneId.of(row.getString(2)));
            }
        }
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT provider, rules FROM long_prompt")) {
            while (row.next()) {
                longPrompts.put(row.getString(1), LongPromptRules.parse(row.getString(2)));
            }
        }
        return new PricingRules(zones, longPrompts);
    }

    /** Dates outside of four-digit years are before or after all stored ones. */
    private static String text(LocalDate date) {
        return date.getYear() < 0 ? "" : date.getYear() > 9999 ? "~" : date.toString();
    }
}
