package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.totals.Aggregates;
import io.usageexporter.totals.CategoryMeasure;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Totals;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigDecimal;
import java.nio.file.Path;
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
 * The ledger as its owner writes it. The process owns the file from {@link #open} to {@link #close()}. Not thread-safe.
 */
public final class Ledger implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Ledger.class.getName());

    /** The size of the log above which a write checkpoints it. */
    private static final long CHECKPOINT_LOG_BYTES = 64L << 20;

    private final LedgerFile file;
    private final @Nullable Object fileKey;
    private final OwnerLock lock;
    private final Connection connection;
    private final EventTable events;
    private final TotalTables totalTables;
    private final IdTables idTables;
    private final IdIndex ids;
    private final LogTable log;
    private long lastNumber;
    private long checkpointAt = CHECKPOINT_LOG_BYTES;
    private boolean marked = true;
    private boolean closed;

    private Ledger(LedgerFile file, OwnerLock lock) throws SQLException, IOException {
        this.file = file;
        this.fileKey = file.key();
        this.lock = lock;
        this.connection = SqliteDatabase.openForWriting(file);
        this.events = new EventTable(connection);
        this.totalTables = new TotalTables(connection);
        this.idTables = new IdTables(connection);
        this.ids = new IdIndex(idTables, events);
        this.log = new LogTable(file.log(), connection);
        this.lastNumber = EventTable.lastNumber(connection);
    }

    /**
     * Opens a ledger, creating the file and its folder when they are missing.
     *
     * @throws LedgerException.InUse when another process owns it
     * @throws LedgerException.Foreign when the file belongs to another program; it stays unchanged
     * @throws LedgerException.Damaged when a part is missing; the file stays unchanged
     * @throws LedgerException when it cannot be opened
     */
    public static Ledger open(Path given) throws LedgerException {
        SqliteDatabase.load();
        try {
            LedgerFile file = LedgerFile.of(given).withFolder();
            Inspection.rejectOrphanedLog(file);
            OwnerLock lock = OwnerLock.take(file);
            try {
                if (LedgerFile.size(file.main()) > 0) {
                    Inspection.check(file, Header.read(lock.channel()));
                    lock.renew();
                }
                var ledger = new Ledger(file, lock);
                lock.renew(); // which SQLite released by opening and closing the file
                ledger.mark(); // so that other processes can name this one
                return ledger;
            } catch (SQLException | IOException | LedgerException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (SQLException | IOException e) {
            throw LedgerTrouble.of(given, "opened", e);
        }
    }

    /** A reader for this process. To be closed before the ledger. */
    public LedgerReader reader() throws LedgerException {
        return LedgerReader.inProcess(file);
    }

    /** The random id that the ledger was created with. */
    public String id() throws LedgerException {
        return read(() -> {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("SELECT id FROM identity")) {
                return row.getString(1);
            }
        });
    }

    /** The number of the newest event; 0 if there is none. */
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
    public Map<Day, Map<CategoryMeasure, BigDecimal>> readDays(LocalDate from, LocalDate until) throws LedgerException {
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
     * The event recorded under this id and its amendments, in the order of recording; empty if there is none. Reliable
     * for as long as the event may be repeated.
     */
    public List<RecordedEvent> find(String id) throws LedgerException {
        return read(() -> ids.find(id));
    }

    /** What a provider's integration keeps, by key. */
    public Map<String, String> readState(String provider) throws LedgerException {
        return read(() -> IntegrationState.read(connection, provider));
    }

    /** Keeps a text for a provider's integration; one that the key has already stays. */
    public void putStateIfAbsent(String provider, String key, String value) throws LedgerException {
        transaction(() -> {
            IntegrationState.insert(connection, provider, key, value);
            return () -> {};
        });
    }

    /** Drops what a provider's integration keeps under a key, if it keeps anything. */
    public void removeState(String provider, String key) throws LedgerException {
        transaction(() -> {
            IntegrationState.delete(connection, provider, key);
            return () -> {};
        });
    }

    /**
     * Stores events together with the totals that they change. When this returns, both are on disk; when it throws,
     * neither is.
     *
     * @param added numbered from {@link #lastNumber()} + 1
     */
    public void append(List<RecordedEvent> added, Totals.Change change) throws LedgerException {
        transaction(() -> {
            events.insert(added);
            totalTables.write(change);
            Runnable idsKnown = ids.stage(added);
            return () -> {
                lastNumber = added.get(added.size() - 1).number();
                idsKnown.run();
            };
        });
    }

    /**
     * Recounts the days of a provider in another zone, from all its events.
     *
     * @param totals provides the names that events count as; receives the new days
     */
    public void moveToZone(String provider, ZoneId zone, Totals totals) throws LedgerException {
        var sums = new Aggregates();
        transaction(() -> {
            EventTable.forEach(connection, provider, event -> totals.addTo(sums, event, zone));
            totalTables.replaceDays(connection, provider, zone, sums.days());
            return () -> totals.replaceDays(provider, sums.days());
        });
    }

    /** Checks with a small commit that the ledger is writable. */
    public void probe(Instant now) throws LedgerException {
        transaction(() -> {
            try (var statement = connection.createStatement()) {
                statement.executeUpdate("INSERT OR REPLACE INTO probe VALUES (1, " + now.toEpochMilli() + ")");
            }
            return () -> {};
        });
    }

    /** The body of a read or write. */
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
            checkInPlace("put it back, and recording resumes by itself, or restart the exporter to start a new one");
            SqliteDatabase.execute(connection, "BEGIN IMMEDIATE");
            boolean done = false;
            try {
                Runnable committed = work.run();
                log.write();
                SqliteDatabase.execute(connection, "COMMIT");
                done = true;
                committed.run();
                log.committed();
            } finally {
                if (!done) {
                    rollback(); // after any failure, even running out of memory
                }
            }
            mark();
            checkpointLog();
        } catch (SQLException | IOException e) {
            throw failed("written", e);
        }
    }

    private void checkInPlace(String remedy) throws IOException, LedgerException {
        if (!Objects.equals(fileKey, file.key())) {
            throw new LedgerException("ledger " + file.given()
                    + " was moved, replaced or deleted while the exporter was running; " + remedy);
        }
    }

    /** Failing does not undo the commit; the mark is then behind. */
    private void mark() {
        try {
            new Mark(lastNumber, (int) ProcessHandle.current().pid()).write(lock.channel());
            marked = true;
        } catch (IOException e) {
            if (marked) {
                marked = false;
                LOG.log(
                        Level.WARNING,
                        "cannot write the event count into the header of ledger {0}: {1}",
                        file.given(),
                        e.getMessage());
            }
        }
    }

    /** Checkpoints a long log. SQLite itself never restarts the log while there is always some reader. */
    private void checkpointLog() throws SQLException, IOException {
        long size = log.size();
        if (size > checkpointAt) {
            checkpointAt =
                    SqliteDatabase.checkpointNoWait(connection) ? CHECKPOINT_LOG_BYTES : size + CHECKPOINT_LOG_BYTES;
            mark();
        }
    }

    private void rollback() {
        try {
            events.clear();
            totalTables.clear();
            idTables.clear();
            SqliteDatabase.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // SQLite has already rolled back, as after a disk error; the first failure is the one to report.
        }
    }

    private LedgerException failed(String verb, Exception cause) {
        return LedgerTrouble.of(file.given(), verb, cause);
    }

    /**
     * Writes the log back, so that the ledger is a single file, and releases it.
     *
     * @throws LedgerException also when the file is no longer in place
     */
    @Override
    public void close() throws LedgerException {
        if (closed) {
            return;
        }
        closed = true;
        try (lock;
                connection;
                events;
                totalTables;
                idTables;
                log) {
            SqliteDatabase.checkpoint(connection);
            mark();
            lock.channel().force(false);
            checkInPlace("its contents are lost unless it is put back");
        } catch (SQLException | IOException e) {
            throw failed("closed", e);
        }
    }
}
