package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.event.RecordedEvent;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.pricing.LongPromptRules;
import io.usageexporter.totals.CountedWindows;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.PricingRules;
import io.usageexporter.totals.Recount;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.StoredTotals;
import io.usageexporter.totals.Totals;
import io.usageexporter.totals.WindowPart;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ledger as its owner writes it. The process owns the file from {@link #open} to {@link #close()}. Not thread-safe.
 */
public final class Ledger implements AutoCloseable {
    private final LedgerFile file;
    private final @Nullable Object fileKey;
    private final OwnerLock lock;
    private final Connection connection;
    private final EventTable events;
    private final TotalsReader totalsReader;
    private final TotalsWriter totalsWriter;
    private final IdTables idTables;
    private final IdIndex ids;
    private final EventFinder finder;
    private final LogTable log;
    private final MarkWriter mark;
    private final Transactions transactions;
    private long lastNumber;
    private boolean closed;

    private Ledger(LedgerFile file, OwnerLock lock) throws SQLException, IOException {
        this.file = file;
        this.fileKey = file.key();
        this.lock = lock;
        this.connection = SqliteDatabase.openForWriting(file);
        this.events = new EventTable(connection);
        this.totalsReader = new TotalsReader(connection);
        this.totalsWriter = new TotalsWriter(connection);
        this.idTables = new IdTables(connection);
        this.ids = new IdIndex(idTables, events);
        this.finder = new EventFinder(events, ids, new ExportedId(SqliteDatabase.id(connection)));
        this.log = new LogTable(file.log(), connection);
        this.mark = new MarkWriter(file, lock.channel());
        this.transactions = new Transactions(connection, log, mark, this::dropBatches);
        this.lastNumber = EventRows.lastNumber(connection);
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
                ledger.mark.write(ledger.lastNumber); // so that other processes can name this one
                return ledger;
            } catch (SQLException | IOException | LedgerException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (SQLException | IOException e) {
            throw LedgerErrors.of(given, "opened", e);
        }
    }

    /** A reader for this process. To be closed before the ledger. */
    public LedgerReader reader() throws LedgerException {
        return LedgerReader.inProcess(file);
    }

    /** The random id that the ledger was created with. */
    public String id() throws LedgerException {
        return read(() -> SqliteDatabase.id(connection));
    }

    /** The number of the newest event; 0 if there is none. */
    public long lastNumber() {
        return lastNumber;
    }

    /** The totals of all events, with the days from a date on, and the hours and sessions from an instant on. */
    public StoredTotals readTotals(LocalDate daysFrom, Instant windowsFrom) throws LedgerException {
        return read(() -> totalsReader.totals(daysFrom, windowsFrom));
    }

    /** The days from a date to before another. */
    public Map<Day, Map<Series, BigDecimal>> readDays(LocalDate from, LocalDate until) throws LedgerException {
        return read(() -> totalsReader.days(from, until));
    }

    /** The hours from one to before another. */
    public Map<Hour, Map<Measure, HourTotal>> readHours(long from, long until) throws LedgerException {
        return read(() -> totalsReader.hours(from, until));
    }

    /** The hours and sessions of a provider that may contain an instant or later ones. */
    public Map<WindowPart, Map<Series, BigDecimal>> readWindows(String provider, Instant from) throws LedgerException {
        return read(() -> new WindowTable(connection).from(provider, from));
    }

    /** When the sessions of each provider began, from a date on. */
    public Map<String, List<Instant>> readSessions(LocalDate from) throws LedgerException {
        Instant start = from.atStartOfDay(ZoneOffset.UTC).toInstant();
        return read(() -> new WindowTable(connection).sessions(start));
    }

    /**
     * The event recorded under this id and its amendments, in the order of recording; empty if there is none. Reliable
     * for as long as the event may be repeated.
     */
    public List<RecordedEvent> find(String id) throws LedgerException {
        return read(() -> ids.find(id));
    }

    /**
     * Which of these events the ledger holds, by id, with their amendments, however long ago they were recorded; also those
     * that it has exported under ids that it made.
     */
    public Map<String, List<RecordedEvent>> findOfAnyAge(Collection<UsageEvent> wanted, Instant now)
            throws LedgerException {
        return read(() -> finder.findOfAnyAge(wanted, now));
    }

    /** The state of a provider's integration, by key. */
    public Map<String, String> readState(String provider) throws LedgerException {
        return read(() -> IntegrationState.read(connection, provider));
    }

    /** Stores a value in the state of a provider's integration, unless its key has one already. */
    public void putStateIfAbsent(String provider, String key, String value) throws LedgerException {
        write(() -> IntegrationState.insert(connection, provider, key, value));
    }

    /** Stores a value in the state of a provider's integration, in place of an earlier one. */
    public void putState(String provider, String key, String value) throws LedgerException {
        write(() -> IntegrationState.replace(connection, provider, key, value));
    }

    /** Removes a key from the state of a provider's integration. */
    public void removeState(String provider, String key) throws LedgerException {
        write(() -> IntegrationState.delete(connection, provider, key));
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
            totalsWriter.write(change);
            Runnable idsKnown = ids.stage(added);
            return () -> {
                lastNumber = added.get(added.size() - 1).number();
                idsKnown.run();
            };
        });
    }

    /**
     * Replaces all days, hours and sessions of a provider by those in another zone, with other windows or by other rules.
     *
     * @param recount receives all its events
     */
    public void recount(String provider, ZoneId zone, CountedWindows counted, LongPromptRules rules, Recount recount)
            throws LedgerException {
        write(() -> totalsWriter.recount(provider, zone, counted, rules, lastNumber, recount));
    }

    /** The event that is exported under this id, since it has none, with its amendments; empty if there is none. */
    public List<RecordedEvent> findExported(String id) throws LedgerException {
        return read(() -> finder.findExported(id));
    }

    /** The event of this number with its amendments; empty if there is none. */
    public List<RecordedEvent> find(long number) throws LedgerException {
        return read(() -> events.whole(number));
    }

    /** Whether the event of this number was undone. */
    public boolean isUndone(long number) throws LedgerException {
        return read(() -> new UndoingTable(connection).contains(number));
    }

    /** The numbers of all events that were undone. */
    public Set<Long> readUndone() throws LedgerException {
        return read(() -> new UndoingTable(connection).read());
    }

    /** The first day with usage of each provider. */
    public Map<String, LocalDate> readFirstDays() throws LedgerException {
        return read(totalsReader::firstDays);
    }

    /** Stores that an event was undone, together with the totals that this changes. */
    public void undo(long number, Instant now, Totals.Change change) throws LedgerException {
        write(() -> {
            new UndoingTable(connection).insert(number, now);
            totalsWriter.write(change);
        });
    }

    /**
     * Turns some of the oldest events into an opening balance, on which totals go on.
     *
     * @param before the instant before which they were recorded
     * @param recount of nothing yet
     * @return whether there may be more of them
     */
    public boolean prune(Instant before, Recount recount) throws LedgerException {
        var more = new boolean[1];
        write(() -> more[0] = new Pruner(connection, events).prune(before, lastNumber, recount));
        return more[0];
    }

    /** The newest usage that was pruned; null if none was. */
    public @Nullable Instant newestPruned() throws LedgerException {
        try {
            return new OpeningBalance(connection).newest();
        } catch (SQLException e) {
            throw failed("read", e);
        }
    }

    /** Whether any event of a provider counts at another price by other rules. */
    public boolean isPricedOtherwise(String provider, PricingRules before, PricingRules after) throws LedgerException {
        return read(() -> {
            var differs = new boolean[1];
            try (var events = new EventAssembler(
                    connection, rows -> differs[0] |= !before.of(rows).equals(after.of(rows)))) {
                EventRows.forEach(connection, provider, 1, Long.MAX_VALUE, events::add);
                events.end();
            }
            return differs[0];
        });
    }

    /** Stores which prompts of a provider count as long, where that changes no day. */
    public void setLongPrompts(String provider, LongPromptRules rules) throws LedgerException {
        write(() -> totalsWriter.setLongPrompts(provider, rules));
    }

    /** Checks with a small commit that the ledger is writable. */
    public void probe(Instant now) throws LedgerException {
        write(() -> SqliteDatabase.execute(
                connection, "INSERT OR REPLACE INTO probe VALUES (1, " + now.toEpochMilli() + ")"));
    }

    /** The body of a read or write. */
    private interface Work<T> {
        T run() throws SQLException;
    }

    /** A write after whose commit nothing is left to do. */
    private interface Write {
        void run() throws SQLException;
    }

    private <T> T read(Work<T> work) throws LedgerException {
        try {
            return work.run();
        } catch (SQLException e) {
            throw failed("read", e);
        }
    }

    private void write(Write write) throws LedgerException {
        transaction(() -> {
            write.run();
            return () -> {};
        });
    }

    /** @param work returns what to do after the commit */
    private void transaction(Work<Runnable> work) throws LedgerException {
        try {
            checkInPlace("put it back, and recording resumes by itself, or restart the exporter to start a new one");
            transactions.run(work::run, this::lastNumber);
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

    private void dropBatches() throws SQLException {
        events.clear();
        totalsWriter.clear();
        idTables.clear();
    }

    private LedgerException failed(String verb, Exception cause) {
        return LedgerErrors.of(file.given(), verb, cause);
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
                totalsWriter;
                idTables;
                log) {
            SqliteDatabase.checkpoint(connection);
            mark.write(lastNumber);
            lock.channel().force(false);
            checkInPlace("its contents are lost unless it is put back");
        } catch (SQLException | IOException e) {
            throw failed("closed", e);
        }
    }
}
