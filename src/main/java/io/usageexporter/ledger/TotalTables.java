package io.usageexporter.ledger;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.CategoryMeasure;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Label;
import io.usageexporter.totals.Label.Dimension;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables that hold totals and what they depend on. */
final class TotalTables implements AutoCloseable {
    private final PreparedStatement series;
    private final PreparedStatement cell;
    private final PreparedStatement hour;
    private final PreparedStatement source;
    private final PreparedStatement provider;
    private final PreparedStatement label;

    TotalTables(Connection connection) throws SQLException {
        series = connection.prepareStatement("INSERT INTO series_total VALUES (?,?,?,?,?,?)"
                + " ON CONFLICT DO UPDATE SET amount = excluded.amount");
        cell = connection.prepareStatement("INSERT OR REPLACE INTO day_total VALUES (?,?,?,?,?)");
        hour = connection.prepareStatement("INSERT OR REPLACE INTO hour_total VALUES (?,?,?,?,?,?)");
        source = connection.prepareStatement("INSERT OR REPLACE INTO source_total VALUES (?,?)");
        provider = connection.prepareStatement("INSERT OR REPLACE INTO provider VALUES (?,?,?)");
        label = connection.prepareStatement("INSERT OR REPLACE INTO label VALUES (?,?,?,?)");
    }

    /** Drops what a failed transaction left behind. */
    void clear() throws SQLException {
        for (PreparedStatement statement : List.of(series, cell, hour, source, provider, label)) {
            statement.clearBatch();
        }
    }

    /** Stores new sums. */
    void write(Totals.Change change) throws SQLException {
        for (Label added : change.labels()) {
            bind(label, added.provider(), added.dimension().name().toLowerCase(Locale.ROOT), added.name());
            label.setLong(4, added.since());
            label.addBatch();
        }
        label.executeBatch();
        for (var total : change.sums().series().entrySet()) {
            Series key = total.getKey();
            bind(
                    series,
                    key.provider(),
                    key.category(),
                    key.model(),
                    key.measure().toString(),
                    text(total.getValue()));
            series.setLong(6, change.series().getOrDefault(key, 0L)); // only used for new series
            series.addBatch();
        }
        series.executeBatch();
        writeDays(change.sums().days());
        writeHours(change.sums().hours());
        for (var total : change.sums().recorded().entrySet()) {
            source.setString(1, total.getKey().label());
            source.setLong(2, total.getValue());
            source.addBatch();
        }
        source.executeBatch();
        for (var last : change.sums().lastEvent().entrySet()) {
            bind(provider, last.getKey(), String.valueOf(change.zones().get(last.getKey())));
            provider.setLong(3, last.getValue().toEpochMilli());
            provider.addBatch();
        }
        provider.executeBatch();
    }

    private void writeDays(Map<Day, Map<CategoryMeasure, BigDecimal>> days) throws SQLException {
        for (var day : days.entrySet()) {
            for (var total : day.getValue().entrySet()) {
                bind(
                        cell,
                        day.getKey().date().toString(),
                        day.getKey().provider(),
                        total.getKey().category(),
                        total.getKey().measure().toString(),
                        text(total.getValue()));
                cell.addBatch();
            }
        }
        cell.executeBatch();
    }

    private void writeHours(Map<Hour, Map<Measure, HourTotal>> hours) throws SQLException {
        for (var each : hours.entrySet()) {
            for (var total : each.getValue().entrySet()) {
                hour.setLong(1, each.getKey().number());
                hour.setString(2, each.getKey().provider());
                hour.setString(3, total.getKey().toString());
                hour.setString(4, text(total.getValue().units()));
                hour.setLong(5, total.getValue().first().toEpochMilli());
                hour.setLong(6, total.getValue().last().toEpochMilli());
                hour.addBatch();
            }
        }
        hour.executeBatch();
    }

    /** Fills the hours of a ledger of a version without them, or without their first and last instants. */
    static void fillHours(Connection connection) throws SQLException {
        var sums = new Aggregates();
        EventTable.forEach(connection, null, sums::addToHour);
        try (var tables = new TotalTables(connection)) {
            tables.writeHours(sums.hours());
        }
    }

    /** Replaces a provider's days by those in another zone. */
    void replaceDays(Connection connection, String name, ZoneId zone, Map<Day, Map<CategoryMeasure, BigDecimal>> days)
            throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM day_total WHERE provider = ?");
                PreparedStatement update = connection.prepareStatement("UPDATE provider SET zone = ? WHERE name = ?")) {
            bind(delete, name);
            delete.executeUpdate();
            bind(update, zone.toString(), name);
            update.executeUpdate();
        }
        writeDays(days);
    }

    /** All sums, with the days from a date on. */
    static Aggregates readSums(Connection connection, LocalDate daysFrom) throws SQLException {
        var sums = new Aggregates();
        try (var statement = connection.createStatement()) {
            try (ResultSet row =
                    statement.executeQuery("SELECT provider, category, model, measure, amount FROM series_total")) {
                while (row.next()) {
                    sums.series().put(series(row), new BigDecimal(row.getString(5)));
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT source, events FROM source_total")) {
                while (row.next()) {
                    sums.recorded().put(Source.of(row.getString(1)), row.getLong(2));
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT name, last_event FROM provider")) {
                while (row.next()) {
                    sums.lastEvent().put(row.getString(1), Instant.ofEpochMilli(row.getLong(2)));
                }
            }
        }
        sums.days().putAll(readDays(connection, daysFrom, LocalDate.MAX));
        sums.hours().putAll(readHours(connection, Totals.firstHourKept(daysFrom), Long.MAX_VALUE));
        return sums;
    }

    /**
     * The days from a date to before another. Read as one row per day and provider, with the cells in one text, since
     * fetching rows and fields costs more than their content.
     */
    static Map<Day, Map<CategoryMeasure, BigDecimal>> readDays(Connection connection, LocalDate from, LocalDate until)
            throws SQLException {
        var days = new HashMap<Day, Map<CategoryMeasure, BigDecimal>>();
        var known = new HashMap<String, CategoryMeasure>();
        // No name contains control characters.
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT date, provider, group_concat(category || char(31) || measure || char(31) || amount, char(30))"
                        + " FROM day_total WHERE date >= ? AND date < ? GROUP BY date, provider")) {
            bind(select, text(from), text(until));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    days.put(
                            new Day(row.getString(2), LocalDate.parse(row.getString(1))),
                            cells(row.getString(3), known));
                }
            }
        }
        return days;
    }

    /** The hours from one to before another. */
    static Map<Hour, Map<Measure, HourTotal>> readHours(Connection connection, long from, long until)
            throws SQLException {
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
    private static Map<CategoryMeasure, BigDecimal> cells(String text, Map<String, CategoryMeasure> known) {
        var cells = new HashMap<CategoryMeasure, BigDecimal>();
        for (int from = 0; from < text.length(); ) {
            int separator = text.indexOf('\036', from);
            int end = separator < 0 ? text.length() : separator;
            int amount = text.lastIndexOf('\037', end);
            CategoryMeasure cell = known.computeIfAbsent(text.substring(from, amount), key -> {
                int measure = key.lastIndexOf('\037');
                return new CategoryMeasure(key.substring(0, measure), Measure.parse(key.substring(measure + 1)));
            });
            cells.put(cell, new BigDecimal(text.substring(amount + 1, end)));
            from = end + 1;
        }
        return cells;
    }

    /** The first day of each provider that has one. */
    static Map<String, LocalDate> readFirstDays(Connection connection) throws SQLException {
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

    static List<Label> readLabels(Connection connection) throws SQLException {
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
    static Map<Series, Long> readSeriesSince(Connection connection) throws SQLException {
        var since = new HashMap<Series, Long>();
        try (var statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT provider, category, model, measure, since FROM series_total")) {
            while (row.next()) {
                since.put(series(row), row.getLong(5));
            }
        }
        return since;
    }

    private static Series series(ResultSet row) throws SQLException {
        return new Series(row.getString(1), row.getString(2), row.getString(3), Measure.parse(row.getString(4)));
    }

    static Map<String, ZoneId> readZones(Connection connection) throws SQLException {
        var zones = new HashMap<String, ZoneId>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name, zone FROM provider")) {
            while (row.next()) {
                zones.put(row.getString(1), ZoneId.of(row.getString(2)));
            }
        }
        return zones;
    }

    /** Dates outside of four-digit years are before or after all stored ones. */
    private static String text(LocalDate date) {
        return date.getYear() < 0 ? "" : date.getYear() > 9999 ? "~" : date.toString();
    }

    private static String text(BigDecimal amount) {
        return Decimals.plain(amount);
    }

    private static void bind(PreparedStatement statement, String... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setString(i + 1, values[i]);
        }
    }

    @Override
    public void close() throws SQLException {
        series.close();
        cell.close();
        hour.close();
        source.close();
        provider.close();
        label.close();
    }
}
