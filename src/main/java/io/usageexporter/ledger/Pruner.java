package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.totals.Recount;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Turns old events into an opening balance, some at a time, in the current transaction. */
record Pruner(Connection connection, EventTable events, Removal removal) {
    /** So many take some ten milliseconds. */
    private static final int STEP_ROWS = 1000;

    /** Takes rows away. */
    interface Removal {
        /**
         * Takes away rows that were pruned.
         *
         * @param kept rows that were passed over, since their events were amended later
         */
        void remove(List<RecordedEvent> pruned, List<RecordedEvent> kept) throws SQLException;
    }

    /** No session is longer. */
    private static final Duration LONGEST_SESSION = Duration.ofDays(7);

    /**
     * Prunes the oldest events. An event goes with the last of its amendments.
     *
     * @param before the instant before which they were recorded
     * @param last the number of the newest event, which stays
     * @param recount of nothing yet
     * @return whether there may be more to prune
     */
    boolean prune(Instant before, long last, Recount recount) throws SQLException {
        var opening = new OpeningBalance(connection);
        List<RecordedEvent> rows = new ArrayList<>();
        long from = opening.through() + 1;
        EventRows.forEach(connection, null, from, Math.min(last, from + STEP_ROWS), rows::add);
        int old = 0;
        while (old < rows.size() && rows.get(old).received().isBefore(before)) {
            old++;
        }
        if (old == 0) {
            return false;
        }
        boolean isFull = rows.size() == STEP_ROWS && old == rows.size();
        rows = rows.subList(0, old);
        long through = rows.get(old - 1).number();
        List<List<RecordedEvent>> wholes = wholes(rows, through);
        add(wholes, recount);
        List<RecordedEvent> pruned = wholes.stream().flatMap(List::stream).toList();
        var numbers = pruned.stream().map(RecordedEvent::number).collect(Collectors.toSet());
        removal.remove(
                pruned,
                rows.stream().filter(row -> !numbers.contains(row.number())).toList());
        opening.add(recount.sums());
        opening.setThrough(through);
        return isFull;
    }

    /** The events whose last row is among these. */
    private List<List<RecordedEvent>> wholes(List<RecordedEvent> rows, long through) throws SQLException {
        var wholes = new TreeMap<Long, List<RecordedEvent>>();
        Set<Long> amended = events.amended(rows.get(0).number(), through);
        for (RecordedEvent row : rows) {
            long number = row.original();
            if (!wholes.containsKey(number)) {
                boolean isAlone = !row.isAmendment() && !amended.contains(number);
                List<RecordedEvent> whole = isAlone ? List.of(row) : events.whole(number);
                if (whole.stream().allMatch(each -> each.number() <= through)) {
                    wholes.put(number, whole);
                }
            }
        }
        return List.copyOf(wholes.values());
    }

    private void add(List<List<RecordedEvent>> wholes, Recount recount) throws SQLException {
        Set<Long> undone = new UndoingTable(connection).read();
        recount.without(undone).with(sessions(wholes));
        try (PreparedStatement forget = connection.prepareStatement("DELETE FROM undoing WHERE event = ?")) {
            for (List<RecordedEvent> whole : wholes) {
                whole.forEach(recount::add);
                recount.complete(whole);
                if (undone.contains(whole.get(0).number())) {
                    forget.setLong(1, whole.get(0).number());
                    forget.executeUpdate();
                }
            }
        }
    }

    /** The sessions that these events may be in. */
    private Map<String, List<Instant>> sessions(List<List<RecordedEvent>> wholes) throws SQLException {
        var first = new HashMap<String, Instant>();
        var last = new HashMap<String, Instant>();
        for (List<RecordedEvent> whole : wholes) {
            String provider = whole.get(0).event().provider();
            Instant at = whole.get(0).at();
            first.merge(provider, at, (a, b) -> a.isBefore(b) ? a : b);
            last.merge(provider, at, (a, b) -> a.isAfter(b) ? a : b);
        }
        var sessions = new HashMap<String, List<Instant>>();
        for (var each : first.entrySet()) {
            sessions.put(
                    each.getKey(),
                    new WindowTable(connection)
                            .sessions(
                                    each.getKey(),
                                    each.getValue().minus(LONGEST_SESSION),
                                    last.getOrDefault(each.getKey(), each.getValue())));
        }
        return sessions;
    }
}
