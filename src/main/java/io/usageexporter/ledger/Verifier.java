package io.usageexporter.ledger;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.Label;
import io.usageexporter.totals.Recount;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Verifies everything stored against the events, and events against their check values. */
final class Verifier {
    private final Connection connection;
    private final TotalsReader reader;
    private final List<String> differences = new ArrayList<>();

    Verifier(Connection connection) {
        this.connection = connection;
        this.reader = new TotalsReader(connection);
    }

    /** One line for each difference. */
    List<String> differences() {
        return List.copyOf(differences);
    }

    /**
     * Verifies the complete ledger.
     *
     * @return the number of events read
     */
    long verify() throws SQLException {
        structure();
        CheckedRows.verify(connection, differences);
        try {
            if (!Sql.isSqlite(connection)) {
                return events(recorded -> {});
            }
            var index = new IdVerifier(connection, new OpeningBalance(connection).through(), differences);
            index.read();
            long events = events(index::check);
            index.end();
            return events;
        } catch (RuntimeException e) { // damaged rows may hold anything
            differences.add("cannot read what is stored besides the events: " + e.getMessage());
            return Sql.integer(connection, "SELECT count(*) FROM event WHERE raises IS NULL");
        }
    }

    private void structure() throws SQLException {
        if (!Sql.isSqlite(connection)) {
            return; // which verifies its files by tools of its own
        }
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA integrity_check")) {
            while (row.next()) {
                if (!row.getString(1).equals("ok")) {
                    differences.add("structure of the file: " + row.getString(1));
                }
            }
        }
    }

    private long events(Consumer<RecordedEvent> index) throws SQLException {
        List<Label> labels = reader.labels();
        Set<Long> undone = new UndoingTable(connection).read();
        new UndoingTable(connection).verify(differences);
        var opening = new OpeningBalance(connection);
        var sessions = new SessionStarts(new WindowTable(connection), opening.newest(), !undone.isEmpty());
        Recount recount = reader.withoutSums()
                .recount()
                .from(opening.read())
                .without(undone)
                .with(sessions.known());
        var count = new long[1];
        try (var assembler = new EventAssembler(connection, recount::complete)) {
            EventRows.check(
                    connection,
                    Sql.isSqlite(connection) ? Sql.number(connection, "SELECT checked_from FROM log") : 1,
                    recorded -> {
                        count[0] += recorded.isAmendment() ? 0 : 1;
                        recount.add(recorded);
                        sessions.check(recorded);
                        assembler.add(recorded);
                        index.accept(recorded);
                    },
                    number -> differences.add("event " + number + ": altered since it was recorded"));
            assembler.end();
        }
        sessions.end(differences);
        Aggregates sums = recount.sums();
        Aggregates stored = reader.sums(LocalDate.MIN);
        stored.windows().putAll(new WindowTable(connection).all());
        compare("total of", stored.series(), sums.series());
        compare("events from", stored.recorded(), sums.recorded());
        compare("undone events from", stored.undone(), sums.undone());
        long next = EventRows.lastNumber(connection) + 1;
        for (Label label : labels) {
            if (label.since() < 1 || label.since() > next) {
                differences.add("%s %s of %s: counts from event %d, which does not exist"
                        .formatted(label.dimension(), label.name(), label.provider(), label.since()));
            }
        }
        compare("last event of", stored.lastEvent(), sums.lastEvent());
        compareEach(stored.days(), sums.days());
        compareEach(stored.hours(), sums.hours());
        compareEach(stored.windows(), sums.windows());
        return count[0];
    }

    private <K, C, V> void compareEach(Map<K, Map<C, V>> stored, Map<K, Map<C, V>> events) {
        for (K key : union(stored.keySet(), events.keySet())) {
            compare(key.toString(), stored.getOrDefault(key, Map.of()), events.getOrDefault(key, Map.of()));
        }
    }

    private <K, V> void compare(String what, Map<K, V> stored, Map<K, V> events) {
        for (K key : union(stored.keySet(), events.keySet())) {
            String inLedger = text(stored.get(key));
            String fromEvents = text(events.get(key));
            if (!inLedger.equals(fromEvents)) {
                differences.add(what + " " + key + ": stored " + inLedger + ", the events give " + fromEvents);
            }
        }
    }

    /** Equal for equal values, regardless of scale. */
    private static String text(@Nullable Object value) {
        return value instanceof BigDecimal amount
                ? Decimals.plain(amount)
                : value == null ? "nothing" : value.toString();
    }

    private static <K> Set<K> union(Set<K> a, Set<K> b) {
        var both = new TreeSet<K>(Comparator.comparing(String::valueOf));
        both.addAll(a);
        both.addAll(b);
        return both;
    }
}
