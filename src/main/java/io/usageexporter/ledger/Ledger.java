package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.event.PendingRun;
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
 * The ledger, as its one owner writes it. Opening it takes the file for this process until {@link #close()}. Not
 * thread-safe: it belongs to the writer.
 */
public final class Ledger implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Ledger.class.getName());

    /** How long the log may get before writing waits for readers to let it begin again. */
    private static final long LONG_LOG_BYTES = 64L << 20;

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
    private long longLog = LONG_LOG_BYTES;
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
     * @throws LedgerException.Foreign when the file is another program's, which stays as it is
     * @throws LedgerException.Damaged when a part is missing, likewise
     * @throws LedgerException when it cannot be opened
     */
    public static Ledger open(Path given) throws LedgerException {
        SqliteDatabase.load();
        try {
            LedgerFile file = LedgerFile.of(given).inFolder();
            Inspection.refuseLogAlone(file);
            OwnerLock lock = OwnerLock.take(file);
            try {
                if (LedgerFile.size(file.main()) > 0) {
                    Inspection.check(file, Header.read(lock.channel()));
                    lock.renew();
                }
                var ledger = new Ledger(file, lock);
                lock.renew(); // SQLite opens and closes the file while it finds out what it is
                ledger.mark(); // for the next who wants it to name this process
                return ledger;
            } catch (SQLException | IOException | LedgerException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (SQLException | IOException e) {
            throw LedgerTrouble.of(given, "opened", e);
        }
    }

    /** Reads it beside this owner, in the same process. To be closed before the ledger. */
    public LedgerReader reader() throws LedgerException {
        return LedgerReader.beside(file);
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
            Runnable idsKnown = ids.stage(added);
            return () -> {
                lastNumber = added.get(added.size() - 1).number();
                idsKnown.run();
            };
        });
    }

    /**
     * Counts the days of a provider anew in another zone, from all its events.
     *
     * @param totals gives the names under which events count; takes over the new days
     */
    public void moveToZone(String provider, ZoneId zone, Totals totals) throws LedgerException {
        var sums = new Aggregates();
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
            checkInPlace("put it back, and recording goes on by itself, or restart the exporter to begin a new one");
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
                    rollback(); // whatever it was, running out of memory included
                }
            }
            mark();
            shortenLog();
        } catch (SQLException | IOException e) {
            throw failed("written", e);
        }
    }

    private void checkInPlace(String remedy) throws IOException, LedgerException {
        if (!Objects.equals(fileKey, file.key())) {
            throw new LedgerException(
                    "ledger " + file.given() + " was moved, replaced or deleted while the exporter ran; " + remedy);
        }
    }

    /** What is committed stays so when this fails; the mark is then behind. */
    private void mark() {
        try {
            new Mark(lastNumber, (int) ProcessHandle.current().pid()).write(lock.channel());
            marked = true;
        } catch (IOException e) {
            if (marked) {
                marked = false;
                LOG.log(
                        Level.WARNING,
                        "ledger {0} is written, but not how many events it holds: {1}",
                        file.given(),
                        e.getMessage());
            }
        }
    }

    /** SQLite begins the log again when it is written back and nobody reads from it, which somebody may always do. */
    private void shortenLog() throws SQLException, IOException {
        long size = log.size();
        if (size > longLog) {
            longLog = SqliteDatabase.writeBackAtOnce(connection) ? LONG_LOG_BYTES : size + LONG_LOG_BYTES;
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
            // As after a disk error, where SQLite has rolled back by itself; the first failure is the one to report.
        }
    }

    private LedgerException failed(String verb, Exception cause) {
        return LedgerTrouble.of(file.given(), verb, cause);
    }

    /**
     * Moves the log into the file, which then is all of the ledger, and gives it free.
     *
     * @throws LedgerException also when the file is not where it was
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
            SqliteDatabase.writeBack(connection);
            mark();
            lock.channel().force(false);
            checkInPlace("what it held is lost unless it is put back");
        } catch (SQLException | IOException e) {
            throw failed("closed", e);
        }
    }
}
