package io.usageexporter.ledger;

import io.usageexporter.event.Decimals;
import io.usageexporter.event.Measure;
import io.usageexporter.totals.Cell;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Sums;
import io.usageexporter.totals.Totals;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a ledger, also while its owner writes it. Thread-safe. */
public final class LedgerReader implements AutoCloseable {
    private final Path file;
    private final @Nullable Object fileKey;
    private final Connection connection;

    private LedgerReader(Path file, @Nullable Object fileKey, Connection connection) {
        this.file = file;
        this.fileKey = fileKey;
        this.connection = connection;
    }

    /**
     * Opens a ledger that exists.
     *
     * @throws LedgerException.Missing when there is no file
     */
    public static LedgerReader open(Path file) throws LedgerException {
        if (!Files.isRegularFile(file)) {
            throw new LedgerException.Missing(
                    "there is no ledger at " + file + "; start the exporter first, or give its --storage.path");
        }
        try {
            return new LedgerReader(file, fileKey(file), Database.openForReading(file));
        } catch (SQLException | IOException e) {
            throw new LedgerException("ledger " + file + " cannot be opened", e);
        }
    }

    /** The totals of all events, with the days from a date on. */
    public Snapshot snapshot(LocalDate daysFrom) throws LedgerException {
        return read(() -> {
            var totals = new Totals(daysFrom);
            totals.restore(TotalTables.readSums(connection, daysFrom), List.of(), Map.of(), Map.of());
            totals.restoreFirstDays(TotalTables.readFirstDays(connection));
            return totals.snapshot();
        });
    }

    /** The days from a date to before another. */
    public Map<Day, Map<Cell, BigDecimal>> days(LocalDate from, LocalDate until) throws LedgerException {
        return read(() -> TotalTables.readDays(connection, from, until));
    }

    /** The hours from one to before another. */
    public Map<Hour, Map<Measure, HourTotal>> hours(long from, long until) throws LedgerException {
        return read(() -> TotalTables.readHours(connection, from, until));
    }

    /**
     * What {@link #verify} found.
     *
     * @param events how many were read
     * @param differences one line each: the total, what is stored and what the events give
     */
    public record Verification(long events, List<String> differences) {}

    /** Recomputes every total from the events, in one consistent view of the ledger. */
    public Verification verify() throws LedgerException {
        return read(() -> {
            Map<String, ZoneId> zones = TotalTables.readZones(connection);
            var totals = new Totals(LocalDate.MAX);
            totals.restore(
                    new Sums(), TotalTables.readLabels(connection), TotalTables.readSeriesSince(connection), zones);
            var sums = new Sums();
            var count = new long[1];
            EventTable.forEach(connection, null, recorded -> {
                count[0] += recorded.isRaise() ? 0 : 1;
                totals.addTo(sums, recorded, zones.getOrDefault(recorded.event().provider(), ZoneOffset.UTC));
            });
            Sums stored = TotalTables.readSums(connection, LocalDate.MIN);
            var differences = new ArrayList<String>();
            compare("total of", stored.series(), sums.series(), differences);
            compare("events from", stored.recorded(), sums.recorded(), differences);
            compare("last event of", stored.lastEvent(), sums.lastEvent(), differences);
            for (Day day : union(stored.days().keySet(), sums.days().keySet())) {
                compare(
                        day.toString(),
                        stored.days().getOrDefault(day, Map.of()),
                        sums.days().getOrDefault(day, Map.of()),
                        differences);
            }
            for (Hour hour : union(stored.hours().keySet(), sums.hours().keySet())) {
                compare(
                        hour.toString(),
                        stored.hours().getOrDefault(hour, Map.of()),
                        sums.hours().getOrDefault(hour, Map.of()),
                        differences);
            }
            return new Verification(count[0], List.copyOf(differences));
        });
    }

    private static <K, V> void compare(String what, Map<K, V> stored, Map<K, V> events, List<String> differences) {
        for (K key : union(stored.keySet(), events.keySet())) {
            String inLedger = text(stored.get(key));
            String fromEvents = text(events.get(key));
            if (!inLedger.equals(fromEvents)) {
                differences.add(what + " " + key + ": stored " + inLedger + ", the events give " + fromEvents);
            }
        }
    }

    /** Equal for equal values, whatever their scale. */
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

    private interface Query<T> {
        T run() throws SQLException;
    }

    private synchronized <T> T read(Query<T> query) throws LedgerException {
        try {
            Database.execute(connection, "BEGIN"); // one state for all of the query
            try {
                return query.run();
            } finally {
                Database.execute(connection, "ROLLBACK");
            }
        } catch (SQLException e) {
            throw new LedgerException("ledger " + file + " cannot be read", e);
        }
    }

    /** Whether the file is still where it was opened: neither moved, deleted nor replaced. */
    public boolean isInPlace() {
        try {
            return Objects.equals(fileKey, fileKey(file));
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** The bytes that the ledger takes on the disk. */
    public long sizeBytes() throws IOException {
        long size = Files.size(file);
        Path log = file.resolveSibling(file.getFileName() + "-wal");
        return Files.exists(log) ? size + Files.size(log) : size;
    }

    @Override
    public synchronized void close() throws LedgerException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new LedgerException("ledger " + file + " cannot be closed", e);
        }
    }
}
