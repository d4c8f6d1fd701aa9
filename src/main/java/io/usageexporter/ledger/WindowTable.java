package io.usageexporter.ledger;

import io.usageexporter.event.Decimals;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.WindowPart;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The totals of hours and sessions, and which of these are counted. */
record WindowTable(Connection connection) {
    private static final String KEY = "provider = ? AND window = ? AND starts_at = ? AND date = ? AND category = ?"
            + " AND consumer = ? AND model = ? AND pricing = ? AND measure = ?";

    /** Which hours and sessions are counted, by provider. */
    Map<String, CountedWindows> counted() throws SQLException {
        var counted = new HashMap<String, CountedWindows>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT provider, hours, session_length FROM counted_windows")) {
            while (row.next()) {
                String provider = row.getString(1);
                boolean hours = row.getInt(2) != 0;
                long seconds = row.getLong(3);
                counted.put(provider, new CountedWindows(hours, row.wasNull() ? null : Duration.ofSeconds(seconds)));
            }
        }
        return counted;
    }

    /** Those that may contain an instant or later ones, of all providers. */
    Map<WindowPart, Map<Series, BigDecimal>> from(Instant instant) throws SQLException {
        var windows = new HashMap<WindowPart, Map<Series, BigDecimal>>();
        for (String provider : counted().keySet()) {
            windows.putAll(from(provider, instant));
        }
        return windows;
    }

    /** Those of a provider. */
    Map<WindowPart, Map<Series, BigDecimal>> from(String provider, Instant instant) throws SQLException {
        var windows = new HashMap<WindowPart, Map<Series, BigDecimal>>();
        CountedWindows counted = counted().getOrDefault(provider, CountedWindows.NONE);
        for (Window window : Window.values()) {
            Duration longest = counted.longest(window);
            if (longest != null) {
                windows.putAll(between(provider, window, instant.minus(longest), Instant.ofEpochMilli(Long.MAX_VALUE)));
            }
        }
        return windows;
    }

    /** All, of all providers. */
    Map<WindowPart, Map<Series, BigDecimal>> all() throws SQLException {
        var windows = new HashMap<WindowPart, Map<Series, BigDecimal>>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT DISTINCT provider, window FROM window_total")) {
            while (row.next()) {
                windows.putAll(between(
                        row.getString(1),
                        Window.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                        Instant.ofEpochMilli(Long.MIN_VALUE),
                        Instant.ofEpochMilli(Long.MAX_VALUE)));
            }
        }
        return windows;
    }

    /** The windows that start after one instant and before another. */
    Map<WindowPart, Map<Series, BigDecimal>> between(String provider, Window window, Instant after, Instant until)
            throws SQLException {
        var windows = new HashMap<WindowPart, Map<Series, BigDecimal>>();
        var known = new HashMap<String, Series>();
        try (PreparedStatement select = connection.prepareStatement("SELECT starts_at, date, " + TotalsReader.CELLS
                + " FROM window_total WHERE provider = ? AND window = ? AND starts_at > ? AND starts_at < ?"
                + " GROUP BY starts_at, date")) {
            select.setString(1, provider);
            select.setString(2, window.label());
            select.setLong(3, after.toEpochMilli());
            select.setLong(4, until.toEpochMilli());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    windows.put(
                            new WindowPart(
                                    provider,
                                    window,
                                    Instant.ofEpochMilli(row.getLong(1)),
                                    LocalDate.parse(row.getString(2))),
                            TotalsReader.cells(provider, row.getString(3), known));
                }
            }
        }
        return windows;
    }

    /** When the sessions of each provider began, from an instant on. */
    Map<String, List<Instant>> sessions(Instant from) throws SQLException {
        var sessions = new HashMap<String, List<Instant>>();
        for (String provider : counted().keySet()) {
            sessions.put(provider, sessions(provider, from));
        }
        return sessions;
    }

    List<Instant> sessions(String provider, Instant from) throws SQLException {
        return sessions(provider, from, Instant.ofEpochMilli(Long.MAX_VALUE));
    }

    /** Those that began from one instant to another. Seeks each, which passes over its cells. */
    List<Instant> sessions(String provider, Instant from, Instant to) throws SQLException {
        var starts = new ArrayList<Instant>();
        try (PreparedStatement seek = connection.prepareStatement("SELECT min(starts_at) FROM window_total"
                + " WHERE provider = ? AND window = 'session' AND starts_at >= ? AND starts_at <= ?")) {
            seek.setString(1, provider);
            seek.setLong(3, to.toEpochMilli());
            Long next = from.toEpochMilli();
            while (next != null) {
                seek.setLong(2, next);
                try (ResultSet row = seek.executeQuery()) {
                    long start = row.getLong(1);
                    next = row.wasNull() ? null : start + 1;
                    if (next != null) {
                        starts.add(Instant.ofEpochMilli(start));
                    }
                }
            }
        }
        return starts;
    }

    /** Replaces what is counted for a provider by other windows, of nothing so far. */
    void reset(String provider, CountedWindows counted) throws SQLException {
        Duration length = counted.sessionLength();
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM window_total WHERE provider = ?");
                PreparedStatement put =
                        connection.prepareStatement("INSERT OR REPLACE INTO counted_windows VALUES (?,?,?)")) {
            delete.setString(1, provider);
            delete.executeUpdate();
            put.setString(1, provider);
            put.setInt(2, counted.hours() ? 1 : 0);
            put.setObject(3, length == null ? null : length.toSeconds());
            put.executeUpdate();
        }
    }

    /** Adds to the totals. */
    void add(Map<WindowPart, Map<Series, BigDecimal>> added) throws SQLException {
        if (added.isEmpty()) {
            return;
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT amount FROM window_total WHERE " + KEY);
                PreparedStatement put = connection.prepareStatement(
                        "INSERT OR REPLACE INTO window_total VALUES (?,?,?,?,?,?,?,?,?,?)");
                PreparedStatement delete = connection.prepareStatement("DELETE FROM window_total WHERE " + KEY)) {
            for (var part : added.entrySet()) {
                for (var cell : part.getValue().entrySet()) {
                    bind(select, part.getKey(), cell.getKey());
                    BigDecimal sum = cell.getValue().add(amount(select));
                    // Where an event counts at another price, nothing may be left at the earlier one.
                    PreparedStatement change = sum.signum() == 0 ? delete : put;
                    bind(change, part.getKey(), cell.getKey());
                    if (change == put) {
                        put.setString(10, Decimals.plain(sum));
                    }
                    change.executeUpdate();
                }
            }
        }
    }

    private static BigDecimal amount(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? new BigDecimal(row.getString(1)) : BigDecimal.ZERO;
        }
    }

    private static void bind(PreparedStatement statement, WindowPart part, Series series) throws SQLException {
        statement.setString(1, part.provider());
        statement.setString(2, part.window().label());
        statement.setLong(3, part.startsAt().toEpochMilli());
        statement.setString(4, part.date().toString());
        statement.setString(5, series.category());
        statement.setString(6, series.consumer());
        statement.setString(7, series.model());
        statement.setString(8, series.pricing());
        statement.setString(9, series.measure().toString());
    }
}
