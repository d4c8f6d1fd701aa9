package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The rows that stay among pruned ones, which are not deleted one by one but with their partition. */
record KeptEvents(Connection connection) {
    /** Adds rows. */
    void add(List<Long> numbers) throws SQLException {
        try (PreparedStatement keep = connection.prepareStatement("INSERT INTO kept_event VALUES (?)")) {
            for (long number : numbers) {
                keep.setLong(1, number);
                keep.addBatch();
            }
            keep.executeBatch();
        }
    }

    /** See {@link Pruner.Removal}. */
    void remove(List<RecordedEvent> pruned, List<RecordedEvent> kept) throws SQLException {
        add(kept.stream().map(RecordedEvent::number).toList());
        try (PreparedStatement forget = connection.prepareStatement("DELETE FROM kept_event WHERE number = ANY (?)")) {
            forget.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", pruned.stream().map(RecordedEvent::number).toArray()));
            forget.executeUpdate();
        }
    }
}
