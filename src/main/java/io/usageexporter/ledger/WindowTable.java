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
    private static final String KEY = "provider = ? AND \"window\" = ? AND starts_at = ? AND date = ? AND category = ?"
            + " AND consumer = ? AND model = ? AND pricing = ? AND measure = ?";

    /** How many fields make the key; the amount follows. */
    private static final int KEY_FIELDS = 9;

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
                ResultSet row = statement.executeQuery("SELECT DISTINCT provider, \"window\" FROM window_total")) {
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

    /** The windows that start after one instant and before another, once each is found to be as it was written. */
    Map<WindowPart, Map<Series, BigDecimal>> checked(String provider, Window window, Instant after, Instant until)
            throws SQLException {
        CheckedRows.check(
                connection,
                "window_total",
                "provider = ? AND \"window\" = ? AND starts_at > ? AND starts_at < ?",
                provider,
                window.label(),
                after.toEpochMilli(),
                until.toEpochMilli());
        return between(provider, window, after, until);
    }

    /** The windows that start after one instant and before another. */
    Map<WindowPart, Map<Series, BigDecimal>> between(String provider, Window window, Instant after, Instant until)
            throws SQLException {
        var windows = new HashMap<WindowPart, Map<Series, BigDecimal>>();
        var known = new HashMap<String, Series>();
        try (PreparedStatement select = connection.prepareStatement("SELECT starts_at, date, " + TotalsReader.CELLS
                + " FROM window_total WHERE provider = ? AND \"window\" = ? AND starts_at > ? AND starts_at < ?"
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
                + " WHERE provider = ? AND \"window\" = 'session' AND starts_at >= ? AND starts_at <= ?")) {
            seek.setString(1, provider);
            seek.setLong(3, to.toEpochMilli());
            Long next = from.toEpochMilli();
            while (next != null) {
                seek.setLong(2, next);
                try (ResultSet row = seek.executeQuery()) {
                    row.next();
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
                PreparedStatement put = connection.prepareStatement(CheckedRows.upsert("counted_windows"))) {
            delete.setString(1, provider);
            delete.executeUpdate();
            CheckedRows.bind(put, provider, counted.hours() ? 1L : 0L, length == null ? null : length.toSeconds());
            put.executeUpdate();
        }
    }

    /** Adds to the totals. */
    void add(Map<WindowPart, Map<Series, BigDecimal>> added) throws SQLException {
        if (added.isEmpty()) {
            return;
        }
        try (PreparedStatement select =
                        connection.prepareStatement("SELECT amount, check_value FROM window_total WHERE " + KEY);
                PreparedStatement put = connection.prepareStatement(CheckedRows.upsert("window_total"))) {
            for (var part : added.entrySet()) {
                for (var cell : part.getValue().entrySet()) {
                    Object[] row = row(part.getKey(), cell.getKey());
                    BigDecimal sum = cell.getValue().add(amount(select, row));
                    if (sum.signum() == 0) {
                        delete(row);
                    } else {
                        row[KEY_FIELDS] = Decimals.plain(sum);
                        CheckedRows.bind(put, row);
                        put.addBatch();
                    }
                }
                put.executeBatch(); // the driver holds a batch in memory
            }
        }
    }

    /** Where an event counts at another price, nothing may be left at the earlier one. */
    private void delete(Object[] row) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM window_total WHERE " + KEY)) {
            bindKey(delete, row);
            delete.executeUpdate();
        }
    }

    /** @param row is changed */
    private static BigDecimal amount(PreparedStatement select, Object[] row) throws SQLException {
        bindKey(select, row);
        try (ResultSet found = select.executeQuery()) {
            if (!found.next()) {
                return BigDecimal.ZERO;
            }
            String amount = found.getString(1);
            row[KEY_FIELDS] = amount;
            if (found.getInt(2) != CheckValue.ofRow(row)) {
                throw CheckedRows.damaged("a row of table window_total is not as it was written");
            }
            return new BigDecimal(amount);
        }
    }

    private static void bindKey(PreparedStatement statement, Object[] row) throws SQLException {
        for (int i = 0; i < KEY_FIELDS; i++) {
            statement.setObject(i + 1, row[i]);
        }
    }

    /** The fields of a row, whose amount is set later. */
    private static Object[] row(WindowPart part, Series series) {
        return new Object[] {
            part.provider(),
            part.window().label(),
            part.startsAt().toEpochMilli(),
            part.date().toString(),
            series.category(),
            series.consumer(),
            series.model(),
            series.pricing(),
            series.measure().toString(),
            ""
        };
    }
}
