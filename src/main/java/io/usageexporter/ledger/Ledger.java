package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.event.PendingRun;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.totals.Cell;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Sums;
import io.usageexporter.totals.Totals;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ledger, as its one owner writes it. Opening it takes the file for this process until {@link #close()}. Not
 * thread-safe: it belongs to the writer.
 */
public final class Ledger implements AutoCloseable {
    private final Path file;
    private final @Nullable Object fileKey;
    private final OwnerLock lock;
    private final Connection connection;
    private final EventTable events;
    private final TotalTables totalTables;
    private final IdTables idTables;
    private final IdIndex ids;
    private long lastNumber;

    private Ledger(Path file, OwnerLock lock, Connection connection) throws SQLException, IOException {
        this.file = file;
        this.fileKey = fileKey(file);
        this.lock = lock;
        this.connection = connection;
        this.events = new EventTable(connection);
        this.totalTables = new TotalTables(connection);
        this.idTables = new IdTables(connection);
        this.ids = new IdIndex(idTables, events);
        this.lastNumber = EventTable.lastNumber(connection);
    }

    /**
     * Opens a ledger, creating the file and its folder when they are missing.
     *
     * @throws LedgerException.InUse when another process owns it
     * @throws LedgerException when it cannot be opened
     */
    public static Ledger open(Path file) throws LedgerException {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            OwnerLock lock = OwnerLock.take(file);
            try {
                return new Ledger(file, lock, Database.openForWriting(file));
            } catch (SQLException | IOException e) {
                lock.close();
                throw e;
            }
        } catch (SQLException | IOException e) {
            throw new LedgerException("ledger " + file + " cannot be opened", e);
        }
    }

    /** A random name that it was given when it was made, by which those who share it know it. */
    public String id() throws LedgerException {
        return read(() -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT id FROM identity")) {
                return row.getString(1);
            }
        });
    }

    /** The number of the newest event; 0 when there is none. */
    public long lastNumber() {
        return lastNumber;
    }

    /** The totals of all events, with the days from a date on. */
    public Totals readTotals(LocalDate daysFrom) throws LedgerException {
        return read(() -> {
            var totals = new Totals(daysFrom);
            totals.restore(
                    TotalTables.readSums(connection, daysFrom),
                    TotalTables.readLabels(connection),
                    TotalTables.readSeriesSince(connection),
                    TotalTables.readZones(connection));
            totals.restoreFirstDays(TotalTables.readFirstDays(connection));
            return totals;
        });
    }

    /** The days from a date to before another. */
    public Map<Day, Map<Cell, BigDecimal>> readDays(LocalDate from, LocalDate until) throws LedgerException {
        return read(() -> TotalTables.readDays(connection, from, until));
    }

    /** The hours from one to before another. */
    public Map<Hour, Map<Measure, HourTotal>> readHours(long from, long until) throws LedgerException {
        return read(() -> TotalTables.readHours(connection, from, until));
    }

    /** Reads days from a date on back into totals that have only later ones. */
    public void restoreDays(Totals totals, LocalDate from) throws LedgerException {
        LocalDate until = totals.daysFrom();
        if (from.isBefore(until)) {
            totals.restoreDays(
                    readDays(from, until), readHours(Totals.firstHourKept(from), Totals.firstHourKept(until)), from);
        }
    }

    /**
     * The event recorded under this id and those that raise it, in the order of recording; empty when there is none. Sure
     * to find them as long as the event may be repeated.
     */
    public List<RecordedEvent> find(String id) throws LedgerException {
        return read(() -> ids.find(id));
    }

    /** Runs whose last figures are still to be read. */
    public List<PendingRun> pendingRuns() throws LedgerException {
        return read(() -> PendingRuns.all(connection));
    }

    /** Keeps a run until {@link #forget}; one that is kept already stays as it is. */
    public void remember(PendingRun run) throws LedgerException {
        transaction(() -> PendingRuns.insert(connection, run));
    }

    /** Drops a run, if it is kept. */
    public void forget(String runId) throws LedgerException {
        transaction(() -> PendingRuns.delete(connection, runId));
    }

    /**
     * Stores events and the totals that they change, together. When this returns, both are on the disk; when it throws,
     * neither is.
     *
     * @param added numbered on from {@link #lastNumber()}
     */
    public void append(List<RecordedEvent> added, Totals.Change change) throws LedgerException {
        transaction(() -> {
            events.insert(added);
            totalTables.write(change);
            return ids.stage(added);
        });
        lastNumber = added.get(added.size() - 1).number();
    }

    /**
     * Counts the days of a provider anew in another zone, from all its events.
     *
     * @param totals gives the names under which events count; takes over the new days
     */
    public void moveToZone(String provider, ZoneId zone, Totals totals) throws LedgerException {
        var sums = new Sums();
        transaction(() -> {
            EventTable.forEach(connection, provider, event -> totals.addTo(sums, event, zone));
            totalTables.replaceDays(connection, provider, zone, sums.days());
            return () -> totals.replaceDays(provider, sums.days());
        });
    }

    /** Writes and commits something small, to learn whether the ledger can be written. */
    public void probe(Instant now) throws LedgerException {
        transaction(() -> {
            try (var statement = connection.createStatement()) {
                statement.executeUpdate("INSERT OR REPLACE INTO probe VALUES (1, " + now.toEpochMilli() + ")");
            }
            return () -> {};
        });
    }

    /** A body that reads or writes. */
    private interface Work<T> {
        T run() throws SQLException;
    }

    private <T> T read(Work<T> work) throws LedgerException {
        try {
            return work.run();
        } catch (SQLException e) {
            throw failed("read", e);
        }
    }

    private void transaction(Work<Runnable> work) throws LedgerException {
        try {
            if (!Objects.equals(fileKey, fileKey(file))) {
                throw new SQLException("the file was moved or replaced; restart the exporter");
            }
            Database.execute(connection, "BEGIN IMMEDIATE");
            boolean done = false;
            try {
                Runnable committed = work.run();
                Database.execute(connection, "COMMIT");
                done = true;
                committed.run();
            } finally {
                if (!done) {
                    rollback(); // whatever it was, running out of memory included
                }
            }
        } catch (SQLException | IOException e) {
            throw failed("written", e);
        }
    }

    private void rollback() {
        try {
            Database.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // As after a disk error, where SQLite has rolled back by itself; the first failure is the one to report.
        }
    }

    private LedgerException failed(String verb, Exception cause) {
        return new LedgerException("ledger " + file + " cannot be " + verb, cause);
    }

    private static @Nullable Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Gives the file free. */
    @Override
    public void close() throws LedgerException {
        try (lock;
                connection;
                events;
                totalTables;
                idTables) {
            // Closed in the reverse order; the connection moves its log into the file.
        } catch (SQLException | IOException e) {
            throw new LedgerException("ledger " + file + " cannot be closed", e);
        }
    }
}
