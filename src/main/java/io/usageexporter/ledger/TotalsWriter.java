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
import java.sql.ResultSet;
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
        series = connection.prepareStatement(CheckedRows.upsert("series_total"));
        cell = connection.prepareStatement(CheckedRows.upsert("day_total"));
        hour = connection.prepareStatement(CheckedRows.upsert("hour_total"));
        source = connection.prepareStatement(CheckedRows.upsert("source_total"));
        provider = connection.prepareStatement(CheckedRows.upsert("provider"));
        label = connection.prepareStatement(CheckedRows.upsert("label"));
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
            CheckedRows.bind(
                    label,
                    added.provider(),
                    added.dimension().name().toLowerCase(Locale.ROOT),
                    added.name(),
                    added.since());
            label.addBatch();
        }
        label.executeBatch();
        for (var total : change.sums().series().entrySet()) {
            Series key = total.getKey();
            CheckedRows.bind(
                    series,
                    key.provider(),
                    key.category(),
                    key.consumer(),
                    key.model(),
                    key.pricing(),
                    key.measure().toString(),
                    Decimals.plain(total.getValue()),
                    change.series().getOrDefault(key, 0L));
            series.addBatch();
        }
        series.executeBatch();
        writeDays(change.sums().days());
        writeHours(change.sums().hours());
        new WindowTable(connection).add(change.sums().windows());
        for (var total : change.sums().recorded().entrySet()) {
            CheckedRows.bind(
                    source,
                    total.getKey().label(),
                    total.getValue(),
                    change.sums().undone().getOrDefault(total.getKey(), 0L));
            source.addBatch();
        }
        source.executeBatch();
        for (var last : change.sums().lastEvent().entrySet()) {
            CheckedRows.bind(
                    provider,
                    last.getKey(),
                    String.valueOf(change.zones().get(last.getKey())),
                    last.getValue().toEpochMilli());
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
                    Series key = total.getKey();
                    CheckedRows.bind(
                            cell,
                            day.getKey().date().toString(),
                            key.provider(),
                            key.category(),
                            key.consumer(),
                            key.model(),
                            key.pricing(),
                            key.measure().toString(),
                            Decimals.plain(total.getValue()));
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
            delete.setString(2, series.provider());
            delete.setString(3, series.category());
            delete.setString(4, series.consumer());
            delete.setString(5, series.model());
            delete.setString(6, series.pricing());
            delete.setString(7, series.measure().toString());
            delete.executeUpdate();
        }
    }

    private void writeHours(Map<Hour, Map<Measure, HourTotal>> hours) throws SQLException {
        for (var each : hours.entrySet()) {
            for (var total : each.getValue().entrySet()) {
                CheckedRows.bind(
                        hour,
                        each.getKey().number(),
                        each.getKey().provider(),
                        total.getKey().toString(),
                        Decimals.plain(total.getValue().units()),
                        total.getValue().first().toEpochMilli(),
                        total.getValue().last().toEpochMilli());
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
        CheckedRows.check(connection, "opening_balance", "provider = ?", name);
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
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM day_total WHERE provider = ?")) {
            delete.setString(1, name);
            delete.executeUpdate();
        }
        setZone(name, zone);
        setLongPrompts(name, rules);
        writeDays(recount.sums().days());
    }

    /** Stores the zone of a provider that has events. */
    private void setZone(String name, ZoneId zone) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT last_event FROM provider WHERE name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    CheckedRows.bind(provider, name, zone.toString(), row.getLong(1));
                    provider.executeUpdate();
                }
            }
        }
    }

    /** Stores which prompts of a provider count as long. */
    void setLongPrompts(String name, LongPromptRules rules) throws SQLException {
        try (PreparedStatement replace = connection.prepareStatement(CheckedRows.upsert("long_prompt"))) {
            CheckedRows.bind(replace, name, rules.toString());
            replace.executeUpdate();
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
