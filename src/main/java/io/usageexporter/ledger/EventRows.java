package io.usageexporter.ledger;

import io.usageexporter.event.Pricing;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.Source;
import io.usageexporter.event.Usage;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.totals.PricingRules;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Reads many rows of table {@code event}. */
final class EventRows {
    /** Null only in rows of versions without check values. */
    private static final String CHECKED =
            "coalesce(check_value, CASE WHEN number >= (SELECT checked_from FROM log) THEN 0 END)";

    private static final String COLUMNS =
            "number, id, %s, %s, %s, at, received, source, usage, raises, %s, consumer, pricing, counted_pricing";

    private static final String PLAIN = COLUMNS.formatted("provider", "category", "model", "check_value");

    private static final String DECODED = COLUMNS.formatted(
            NameCodes.DECODED.formatted("provider"),
            NameCodes.DECODED.formatted("category"),
            NameCodes.DECODED.formatted("model"),
            CHECKED);

    private static final int FETCH_ROWS = 1000;

    private EventRows() {}

    /** What {@link #event} needs to be selected. */
    static String columns(Connection connection) throws SQLException {
        return Sql.isSqlite(connection) ? DECODED : PLAIN;
    }

    static long lastNumber(Connection connection) throws SQLException {
        return Sql.number(connection, "SELECT coalesce(max(number), 0) FROM event");
    }

    /** The number of the newest event of this id; 0 if there is none. */
    static long newestWithId(Connection connection, String id) throws SQLException {
        try (PreparedStatement scan = connection.prepareStatement(
                "SELECT number FROM event WHERE id = ? AND raises IS NULL ORDER BY number DESC LIMIT 1")) {
            scan.setString(1, id);
            try (ResultSet row = scan.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /** The body of a loop over rows. */
    interface RowAction {
        void accept(RecordedEvent row) throws SQLException;
    }

    /**
     * Reads all events in the order of recording, even if some are damaged.
     *
     * @param checkedFrom the number of the first event that has a check value
     * @param damaged receives the number of each row that is not as it was written
     */
    static void check(Connection connection, long checkedFrom, RowAction action, LongConsumer damaged)
            throws SQLException {
        try (PreparedStatement all =
                connection.prepareStatement("SELECT " + columns(connection) + " FROM event ORDER BY number")) {
            all.setFetchSize(FETCH_ROWS);
            try (ResultSet row = all.executeQuery()) {
                while (row.next()) {
                    long number = row.getLong(1);
                    try {
                        RecordedEvent event = parse(row);
                        action.accept(event);
                        if (number >= checkedFrom && EventTable.checkValue(event, row.getString(9)) != row.getInt(11)) {
                            damaged.accept(number);
                        }
                    } catch (RuntimeException e) { // a damaged row may hold anything
                        damaged.accept(number);
                    }
                }
            }
        }
    }

    /** Reads all rows in the order of recording. */
    static void forEach(Connection connection, RowAction action) throws SQLException {
        forEach(connection, null, 1, Long.MAX_VALUE, action);
    }

    /**
     * Reads the rows from one number to before another, in the order of recording. None may be missing but pruned ones.
     *
     * @param provider the only one whose events are passed on; null for all
     */
    static void forEach(Connection connection, @Nullable String provider, long from, long until, RowAction action)
            throws SQLException {
        try (PreparedStatement all = connection.prepareStatement("SELECT " + columns(connection)
                + ", (SELECT through FROM pruning) FROM event WHERE number >= ? AND number < ? ORDER BY number")) {
            all.setLong(1, from);
            all.setLong(2, until);
            all.setFetchSize(FETCH_ROWS);
            try (ResultSet row = all.executeQuery()) {
                long next = from;
                while (row.next()) {
                    RecordedEvent event = event(row);
                    next = Math.max(next, row.getLong(15) + 1);
                    if (event.number() > next) {
                        throw CheckedRows.damaged("event " + next + " is missing");
                    }
                    next = Math.max(next, event.number() + 1);
                    // Not by the table's own column, which in a damaged row may name another provider.
                    if (provider == null || event.event().provider().equals(provider)) {
                        action.accept(event);
                    }
                }
            }
        }
    }

    /** Whether any event of a provider counts at another price by other rules. */
    static boolean isPricedOtherwise(Connection connection, String provider, PricingRules before, PricingRules after)
            throws SQLException {
        var differs = new boolean[1];
        try (var events = new EventAssembler(
                connection, rows -> differs[0] |= !before.of(rows).equals(after.of(rows)))) {
            forEach(connection, provider, 1, Long.MAX_VALUE, events::add);
            events.end();
        }
        return differs[0];
    }

    /** Reads events that were not undone from a number on, each with its amendments, up to about {@code limit} rows. */
    static LedgerReader.Page page(Connection connection, long from, int limit) throws SQLException {
        var wholes = new TreeMap<Long, WholeEvent>();
        var amending = new ArrayList<RecordedEvent>();
        int rows = 0;
        long last = 0;
        try (PreparedStatement some = connection.prepareStatement("SELECT " + columns(connection)
                + " FROM event WHERE number >= ? AND number NOT IN (SELECT event FROM undoing)"
                + " ORDER BY number LIMIT " + limit)) {
            some.setLong(1, from);
            try (ResultSet row = some.executeQuery()) {
                for (; row.next(); rows++) {
                    last = row.getLong(1);
                    RecordedEvent event = event(row);
                    if (event.isAmendment()) {
                        amending.add(event);
                    } else {
                        wholes.put(last, new WholeEvent(event, event.event().usage()));
                    }
                }
            }
        }
        try (PreparedStatement amendments = connection.prepareStatement(
                "SELECT " + columns(connection) + " FROM event WHERE raises BETWEEN ? AND ? ORDER BY number")) {
            amendments.setLong(1, from);
            amendments.setLong(2, last);
            try (ResultSet row = amendments.executeQuery()) {
                while (row.next()) {
                    RecordedEvent amendment = event(row);
                    wholes.computeIfPresent(
                            amendment.amends(),
                            (number, whole) -> new WholeEvent(
                                    whole.first(),
                                    whole.usage().plus(amendment.event().usage())));
                }
            }
        }
        requireIndexed(connection, amending);
        return new LedgerReader.Page(List.copyOf(wholes.values()), rows < limit ? 0 : last + 1);
    }

    /** Fails where amendments cannot be found by their events, as their amounts would be missing there. */
    private static void requireIndexed(Connection connection, List<RecordedEvent> amendments) throws SQLException {
        if (!Sql.isSqlite(connection)) {
            return; // which verifies its indexes by a tool of its own
        }
        try (PreparedStatement find = connection.prepareStatement(
                "SELECT 1 FROM event INDEXED BY amendment WHERE raises = ? AND number = ?")) {
            for (RecordedEvent amendment : amendments) {
                find.setLong(1, amendment.amends());
                find.setLong(2, amendment.number());
                try (ResultSet row = find.executeQuery()) {
                    if (!row.next()) {
                        throw damaged(amendment.number());
                    }
                }
            }
        }
    }

    /** The event of a row, once it is found to be as it was written. */
    static RecordedEvent event(ResultSet row) throws SQLException {
        RecordedEvent event;
        try {
            event = parse(row);
        } catch (RuntimeException e) { // a damaged row may hold anything
            throw damaged(row.getLong(1));
        }
        int value = row.getInt(11);
        if (!row.wasNull() && value != EventTable.checkValue(event, row.getString(9))) {
            throw damaged(row.getLong(1));
        }
        return event;
    }

    private static SQLException damaged(long number) {
        return CheckedRows.damaged("event " + number + " is not as it was written");
    }

    private static RecordedEvent parse(ResultSet row) throws SQLException {
        long at = row.getLong(6);
        Instant given = row.wasNull() ? null : Instant.ofEpochMilli(at);
        String consumer = row.getString(12); // null in rows of earlier versions
        String own = row.getString(13);
        Pricing pricing = own == null ? Pricing.STANDARD : Pricing.of(own);
        String counted = row.getString(14);
        var event = new UsageEvent(
                row.getString(2),
                row.getString(3),
                row.getString(4),
                consumer == null ? "" : consumer,
                row.getString(5),
                pricing,
                given,
                Usage.parse(row.getString(9)));
        return new RecordedEvent(
                row.getLong(1),
                event,
                Instant.ofEpochMilli(row.getLong(7)),
                Source.of(row.getString(8)),
                row.getLong(10),
                counted == null ? pricing : Pricing.parse(counted),
                own != null);
    }
}
