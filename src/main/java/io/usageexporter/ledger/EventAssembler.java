package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Puts events and their amendments together while all rows are read in the order of recording. Holds an event in memory
 * from its first row to its last. Not thread-safe.
 */
final class EventAssembler implements AutoCloseable {
    private static final int FETCH_ROWS = 1000;

    private final Consumer<List<RecordedEvent>> action;
    private final PreparedStatement select;
    private final ResultSet amended;
    private final TreeMap<Long, Open> open = new TreeMap<>();
    private long next;

    /**
     * An event whose last amendment is still to be read.
     *
     * @param last the number of that amendment
     */
    private record Open(List<RecordedEvent> rows, long last) {}

    /** @param action receives each event with its amendments, once its last row has been added */
    EventAssembler(Connection connection, Consumer<List<RecordedEvent>> action) throws SQLException {
        this.action = action;
        select = connection.prepareStatement(
                "SELECT raises, max(number) FROM event WHERE raises IS NOT NULL GROUP BY raises ORDER BY raises");
        select.setFetchSize(FETCH_ROWS);
        amended = select.executeQuery();
        advance();
    }

    private void advance() throws SQLException {
        next = amended.next() ? amended.getLong(1) : Long.MAX_VALUE;
    }

    /** Adds the next row. */
    void add(RecordedEvent row) throws SQLException {
        Open event = open.get(row.amends());
        if (event != null) {
            event.rows().add(row);
            if (row.number() >= event.last()) {
                open.remove(row.amends());
                action.accept(event.rows());
            }
            return;
        }
        while (next < row.number()) {
            advance();
        }
        if (next == row.number()) {
            open.put(row.number(), new Open(new ArrayList<>(List.of(row)), amended.getLong(2)));
        } else {
            action.accept(List.of(row));
        }
    }

    /** Ends the rows: those that are damaged may be missing. */
    void end() {
        open.values().forEach(event -> action.accept(event.rows()));
    }

    @Override
    public void close() throws SQLException {
        select.close();
    }
}
