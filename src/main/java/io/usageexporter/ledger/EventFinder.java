package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Finds events also where the index of ids does not have them. */
record EventFinder(EventTable events, IdIndex ids, ExportedId exported) {
    /** The event that is exported under this id, since it has none, with its amendments; empty if there is none. */
    List<RecordedEvent> findExported(String id) throws SQLException {
        long number = exported.number(id);
        return number == 0 ? List.of() : events.whole(number);
    }

    /** Which of these events the ledger holds, by id, with their amendments, however long ago they were recorded. */
    Map<String, List<RecordedEvent>> findOfAnyAge(Collection<UsageEvent> wanted, Instant now) throws SQLException {
        var found = new HashMap<String, List<RecordedEvent>>();
        var older = new HashSet<String>();
        for (UsageEvent event : wanted) {
            String id = event.id();
            if (id != null && !found.containsKey(id)) {
                List<RecordedEvent> rows = findExported(id);
                rows = rows.isEmpty() ? ids.find(id) : rows;
                Instant at = event.at();
                if (!rows.isEmpty()) {
                    found.put(id, rows);
                } else if (at != null && at.isBefore(now.minus(UsageEvent.MAX_AGE))) {
                    older.add(id);
                }
            }
        }
        if (!ids.isComplete() && !older.isEmpty()) {
            for (var unindexed : events.scan(older).entrySet()) {
                found.put(unindexed.getKey(), events.whole(unindexed.getValue()));
            }
        }
        return found;
    }
}
