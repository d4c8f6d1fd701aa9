package io.usageexporter.ledger;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Label;
import io.usageexporter.totals.Recount;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Totals;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the tables that hold totals and what they depend on. */
final class TotalsWriter implements AutoCloseable {
    private static final int RECOUNTED_AT_ONCE = 10_000;

    private final Connection connection;
    private final PreparedStatement series;
    private final PreparedStatement cell;
    private final PreparedStatement hour;
    private final PreparedStatement source;
    private final PreparedStatement provider;
    private final PreparedStatement label;

    TotalsWriter(Connection connection) throws SQLException {
        this.connection = connection;
        series = connection.prepareStatement("INSERT INTO series_total VALUES (?,?,?,?,?,?,?,?)"
                + " ON CONFLICT DO UPDATE SET amount = excluded.amount");
        cell = connection.prepareStatement("INSERT OR REPLACE INTO day_total VALUES (?,?,?,?,?,?,?,?)");
        hour = connection.prepareStatement("INSERT OR REPLACE INTO hour_total VALUES (?,?,?,?,?,?)");
        source = connection.prepareStatement(
                "INSERT INTO source_total (source, events, undone) VALUES (?,?,?)"
                        + " ON CONFLICT DO UPDATE SET events = max(events, excluded.events), undone = max(undone, excluded.undone)");
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
            bind(series, 1, key);
            series.setString(7, text(total.getValue()));
            series.setLong(8, change.series().getOrDefault(key, 0L)); // only used for new series
            series.addBatch();
        }
        series.executeBatch();
        writeDays(change.sums().days());
        writeHours(change.sums().hours());
        new WindowTable(connection).add(change.sums().windows());
        for (var total : change.sums().recorded().entrySet()) {
            source.setString(1, total.getKey().label());
            source.setLong(2, total.getValue());
            source.setLong(3, 0); // neither count ever falls
            source.addBatch();
        }
        for (var total : change.sums().undone().entrySet()) {
            source.setString(1, total.getKey().label());
            source.setLong(2, 0);
            source.setLong(3, total.getValue());
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

    private void writeDays(Map<Day, Map<Series, BigDecimal>> days) throws SQLException {
        for (var day : days.entrySet()) {
            cell.executeBatch(); // the driver holds a batch in memory
            for (var total : day.getValue().entrySet()) {
                if (total.getValue().signum() == 0) {
                    deleteCell(day.getKey(), total.getKey());
                } else {
                    cell.setString(1, day.getKey().date().toString());
                    bind(cell, 2, total.getKey());
                    cell.setString(8, text(total.getValue()));
                    cell.addBatch();
                }
            }
        }
        cell.executeBatch();
    }

    /** Where an event counts at another price, nothing may be left at the earlier one. */
    private void deleteCell(Day day, Series series) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM day_total WHERE date = ? AND provider = ?"
                        + " AND category = ? AND consumer = ? AND model = ? AND pricing = ? AND measure = ?")) {
            delete.setString(1, day.date().toString());
            bind(delete, 2, series);
            delete.executeUpdate();
        }
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
        EventRows.forEach(connection, sums::addToHour);
        try (var writer = new TotalsWriter(connection)) {
            writer.writeHours(sums.hours());
        }
    }

    /** Fills the days of a ledger of a version that kept less of each. */
    static void fillDays(Connection connection) throws SQLException {
        Recount recount = new TotalsReader(connection).withoutSums().recount();
        try (var events = new EventAssembler(connection, recount::complete)) {
            EventRows.forEach(connection, row -> {
                recount.add(row);
                events.add(row);
            });
            events.end();
        }
        try (var writer = new TotalsWriter(connection)) {
            writer.writeDays(recount.sums().days());
        }
    }

    /** Replaces a provider's days, hours and sessions by recounted ones. */
    void recount(
            String name, ZoneId zone, CountedWindows counted, LongPromptRules rules, long lastNumber, Recount recount)
            throws SQLException {
        var windows = new WindowTable(connection);
        var opening = new OpeningBalance(connection);
        opening.keepCounted(name, windows.counted().getOrDefault(name, CountedWindows.NONE), counted);
        windows.reset(name, counted);
        recount.from(opening.read(name));
        try (var events = new EventAssembler(connection, recount::complete)) {
            for (long number = 1; number <= lastNumber; number += RECOUNTED_AT_ONCE) {
                EventRows.forEach(connection, name, number, number + RECOUNTED_AT_ONCE, row -> {
                    recount.add(row);
                    events.add(row);
                });
                windows.add(recount.takeWindows()); // of all time they might not fit into memory
            }
            events.end();
            windows.add(recount.takeWindows());
        }
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM day_total WHERE provider = ?");
                PreparedStatement update = connection.prepareStatement("UPDATE provider SET zone = ? WHERE name = ?")) {
            bind(delete, name);
            delete.executeUpdate();
            bind(update, zone.toString(), name);
            update.executeUpdate();
        }
        setLongPrompts(name, rules);
        writeDays(recount.sums().days());
    }

    /** Stores which prompts of a provider count as long. */
    void setLongPrompts(String name, LongPromptRules rules) throws SQLException {
        try (PreparedStatement replace =
                connection.prepareStatement("INSERT OR REPLACE INTO long_prompt VALUES (?,?)")) {
            bind(replace, name, rules.toString());
            replace.executeUpdate();
        }
    }

    private static String text(BigDecimal amount) {
        return Decimals.plain(amount);
    }

    private static void bind(PreparedStatement statement, int first, Series key) throws SQLException {
        statement.setString(first, key.provider());
        statement.setString(first + 1, key.category());
        statement.setString(first + 2, key.consumer());
        statement.setString(first + 3, key.model());
        statement.setString(first + 4, key.pricing());
        statement.setString(first + 5, key.measure().toString());
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
