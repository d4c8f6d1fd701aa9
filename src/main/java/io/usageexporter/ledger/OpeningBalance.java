package io.usageexporter.ledger;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Source;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.WindowPart;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What pruned events had added to the totals. */
record OpeningBalance(Connection connection) {
    private static final String SERIES = "series";
    private static final String DAY = "day";
    private static final String HOUR = "hour";
    private static final long MILLIS_PER_HOUR = 3_600_000;
    private static final String WHERE =
            " WHERE kind = ? AND provider = ? AND starts_at = ? AND date = ? AND category = ?"
                    + " AND consumer = ? AND model = ? AND pricing = ? AND measure = ?";

    /** The key of an amount. */
    private record Cell(String kind, long startsAt, String date, Series series) {}

    /** Up to which number events were pruned; 0 if none were. */
    long through() throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT through FROM pruning")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    void setThrough(long number) throws SQLException {
        try (PreparedStatement put = connection.prepareStatement(CheckedRows.upsert("pruning"))) {
            CheckedRows.bind(put, 1L, number);
            put.executeUpdate();
        }
    }

    /** The newest usage that was pruned; null if none was. */
    @Nullable
    Instant newest() throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT max(last_event) FROM opening_provider")) {
            row.next();
            long at = row.getLong(1);
            return row.wasNull() ? null : Instant.ofEpochMilli(at);
        }
    }

    /** Adds the sums of events that are pruned. */
    void add(Aggregates sums) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT amount, first, last, check_value FROM opening_balance" + WHERE);
                PreparedStatement put = connection.prepareStatement(CheckedRows.upsert("opening_balance"))) {
            for (var each : sums.series().entrySet()) {
                add(select, put, new Cell(SERIES, 0, "", each.getKey()), plain(each.getValue()));
            }
            for (var day : sums.days().entrySet()) {
                for (var each : day.getValue().entrySet()) {
                    String date = day.getKey().date().toString();
                    add(select, put, new Cell(DAY, 0, date, each.getKey()), plain(each.getValue()));
                }
            }
            for (var hour : sums.hours().entrySet()) {
                for (var each : hour.getValue().entrySet()) {
                    var series = new Series(hour.getKey().provider(), "", "", each.getKey());
                    add(select, put, new Cell(HOUR, hour.getKey().start().toEpochMilli(), "", series), each.getValue());
                }
            }
            for (var part : sums.windows().entrySet()) {
                for (var each : part.getValue().entrySet()) {
                    WindowPart key = part.getKey();
                    add(
                            select,
                            put,
                            new Cell(
                                    key.window().label(),
                                    key.startsAt().toEpochMilli(),
                                    key.date().toString(),
                                    each.getKey()),
                            plain(each.getValue()));
                }
            }
        }
        addCounts(sums);
    }

    private static HourTotal plain(BigDecimal amount) {
        return new HourTotal(amount, Instant.EPOCH, Instant.EPOCH);
    }

    private static void add(PreparedStatement select, PreparedStatement put, Cell cell, HourTotal added)
            throws SQLException {
        bind(select, cell);
        HourTotal total = added;
        try (ResultSet row = select.executeQuery()) {
            if (row.next()) {
                HourTotal before = total(row, 1);
                if (row.getInt(4) != CheckValue.ofRow(fields(cell, row.getString(1), before))) {
                    throw CheckedRows.damaged("table opening_balance: a row is not as it was written");
                }
                total = before.plus(added);
            }
        }
        CheckedRows.bind(put, fields(cell, Decimals.plain(total.units()), total));
        put.executeUpdate();
    }

    private static Object[] fields(Cell cell, String amount, HourTotal total) {
        return new Object[] {
            cell.kind(),
            cell.series().provider(),
            cell.startsAt(),
            cell.date(),
            cell.series().category(),
            cell.series().consumer(),
            cell.series().model(),
            cell.series().pricing(),
            cell.series().measure().toString(),
            amount,
            total.first().toEpochMilli(),
            total.last().toEpochMilli()
        };
    }

    private static HourTotal total(ResultSet row, int column) throws SQLException {
        return new HourTotal(
                new BigDecimal(row.getString(column)),
                Instant.ofEpochMilli(row.getLong(column + 1)),
                Instant.ofEpochMilli(row.getLong(column + 2)));
    }

    private static void bind(PreparedStatement statement, Cell cell) throws SQLException {
        statement.setString(1, cell.kind());
        statement.setString(2, cell.series().provider());
        statement.setLong(3, cell.startsAt());
        statement.setString(4, cell.date());
        statement.setString(5, cell.series().category());
        statement.setString(6, cell.series().consumer());
        statement.setString(7, cell.series().model());
        statement.setString(8, cell.series().pricing());
        statement.setString(9, cell.series().measure().toString());
    }

    private void addCounts(Aggregates sums) throws SQLException {
        var before = new Aggregates();
        CheckedRows.check(connection, "opening_source", "1 = 1");
        CheckedRows.check(connection, "opening_provider", "1 = 1");
        readCounts(before);
        try (PreparedStatement source = connection.prepareStatement(CheckedRows.upsert("opening_source"));
                PreparedStatement provider = connection.prepareStatement(CheckedRows.upsert("opening_provider"))) {
            for (var each : sums.recorded().entrySet()) {
                Source name = each.getKey();
                CheckedRows.bind(
                        source,
                        name.label(),
                        each.getValue() + before.recorded().getOrDefault(name, 0L),
                        sums.undone().getOrDefault(name, 0L) + before.undone().getOrDefault(name, 0L));
                source.executeUpdate();
            }
            for (var each : sums.lastEvent().entrySet()) {
                Instant last = before.lastEvent().getOrDefault(each.getKey(), each.getValue());
                Instant later = last.isAfter(each.getValue()) ? last : each.getValue();
                CheckedRows.bind(provider, each.getKey(), later.toEpochMilli());
                provider.executeUpdate();
            }
        }
    }

    /** Everything. */
    Aggregates read() throws SQLException {
        var sums = new Aggregates();
        readCounts(sums);
        readAmounts(null, sums);
        return sums;
    }

    private void readCounts(Aggregates sums) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT source, events, undone FROM opening_source")) {
            while (row.next()) {
                sums.recorded().put(Source.of(row.getString(1)), row.getLong(2));
                if (row.getLong(3) > 0) {
                    sums.undone().put(Source.of(row.getString(1)), row.getLong(3));
                }
            }
        }
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name, last_event FROM opening_provider")) {
            while (row.next()) {
                sums.lastEvent().put(row.getString(1), Instant.ofEpochMilli(row.getLong(2)));
            }
        }
    }

    /** The days, hours and sessions of a provider. */
    Aggregates read(String provider) throws SQLException {
        var sums = new Aggregates();
        readAmounts(provider, sums);
        return sums;
    }

    private void readAmounts(@Nullable String only, Aggregates sums) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT kind, provider, starts_at, date, category,"
                + " consumer, model, pricing, measure, amount, first, last FROM opening_balance"
                + " WHERE CAST(? AS TEXT) IS NULL OR (provider = ? AND kind <> '" + SERIES + "')")) {
            select.setString(1, only);
            select.setString(2, only);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    read(row, sums);
                }
            }
        }
    }

    private static void read(ResultSet row, Aggregates sums) throws SQLException {
        String kind = row.getString(1);
        String provider = row.getString(2);
        var series = new Series(
                provider,
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                Measure.parse(row.getString(9)));
        HourTotal total = total(row, 10);
        switch (kind) {
            case SERIES -> sums.series().put(series, total.units());
            case DAY -> put(sums.days(), new Day(provider, LocalDate.parse(row.getString(4))), series, total.units());
            case HOUR ->
                put(sums.hours(), new Hour(provider, row.getLong(3) / MILLIS_PER_HOUR), series.measure(), total);
            default ->
                put(
                        sums.windows(),
                        new WindowPart(
                                provider,
                                Window.valueOf(kind.toUpperCase(Locale.ROOT)),
                                Instant.ofEpochMilli(row.getLong(3)),
                                LocalDate.parse(row.getString(4))),
                        series,
                        total.units());
        }
    }

    private static <K, C, V> void put(Map<K, Map<C, V>> sums, K key, C cell, V value) {
        sums.computeIfAbsent(key, absent -> new HashMap<>()).put(cell, value);
    }

    /** Forgets the hours and sessions of a provider that are counted no more, or otherwise from now on. */
    void keepCounted(String provider, CountedWindows before, CountedWindows after) throws SQLException {
        for (Window window : List.of(Window.HOURLY, Window.SESSION)) {
            if (!Objects.equals(before.longest(window), after.longest(window))) {
                try (PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM opening_balance WHERE kind = ? AND provider = ?")) {
                    delete.setString(1, window.label());
                    delete.setString(2, provider);
                    delete.executeUpdate();
                }
            }
        }
    }
}
