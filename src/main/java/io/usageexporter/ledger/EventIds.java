package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds events in PostgreSQL by their ids. */
record EventIds(Connection connection) {
    /** Far longer than an id may be repeated; each partition that is searched costs some microseconds an id. */
    private static final Duration SEARCHED = Duration.ofDays(400);

    /** The events of these ids that were recorded in the last year, with their amendments, in the order of recording. */
    Map<String, List<RecordedEvent>> find(Collection<String> ids, Instant now) throws SQLException {
        return find(ids, now.minus(SEARCHED).toEpochMilli());
    }

    /** The same, of any age. */
    Map<String, List<RecordedEvent>> find(Collection<String> ids) throws SQLException {
        return find(ids, Long.MIN_VALUE);
    }

    private Map<String, List<RecordedEvent>> find(Collection<String> ids, long received) throws SQLException {
        var found = new HashMap<String, List<RecordedEvent>>();
        if (ids.isEmpty()) {
            return found;
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT " + EventRows.columns(connection)
                + " FROM event WHERE id = ANY (?) AND received >= ? ORDER BY number")) {
            select.setArray(1, connection.createArrayOf("text", ids.toArray()));
            select.setLong(2, received);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    RecordedEvent event = EventRows.event(row);
                    found.computeIfAbsent(String.valueOf(event.event().id()), absent -> new ArrayList<>())
                            .add(event);
                }
            }
        }
        for (var rows : found.entrySet()) {
            RecordedEvent first = rows.getValue().get(0);
            if (first.isAmendment()) { // whose event is too old
                rows.setValue(whole(first.amends()));
            }
        }
        return found;
    }

    private List<RecordedEvent> whole(long number) throws SQLException {
        try (var events = new EventTable(connection)) {
            return events.whole(number);
        }
    }

    /** The event that is exported under this id, since it has none, with its amendments; empty if there is none. */
    List<RecordedEvent> findExported(String id) throws SQLException {
        return findExported(List.of(id)).getOrDefault(id, List.of());
    }

    /** Which of these ids are those under which events without one are exported. */
    Map<String, List<RecordedEvent>> findExported(Collection<String> ids) throws SQLException {
        var exported = new ExportedId(Sql.text(connection, "SELECT id FROM identity"));
        var found = new HashMap<String, List<RecordedEvent>>();
        for (String id : ids) {
            long number = exported.number(id);
            List<RecordedEvent> rows = number == 0 ? List.of() : whole(number);
            if (!rows.isEmpty()) {
                found.put(id, rows);
            }
        }
        return found;
    }
}
