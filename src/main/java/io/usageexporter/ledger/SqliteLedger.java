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
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A ledger in an SQLite file, which the process owns from {@link #open} to {@link #close()}. */
final class SqliteLedger implements Ledger, CopyTarget {
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

    private SqliteLedger(LedgerFile file, OwnerLock lock, LedgerState state) throws SQLException, IOException {
        this.file = file;
        this.fileKey = file.key();
        this.lock = lock;
        this.connection = SqliteDatabase.openForWriting(file, state);
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

    /** See {@link LedgerAddress#open}. */
    static SqliteLedger open(Path given) throws LedgerException {
        return open(given, LedgerState.OPEN);
    }

    /**
     * The same for ledgers in these states.
     *
     * @param state also of a new one
     */
    static SqliteLedger open(Path given, LedgerState state, LedgerState... others) throws LedgerException {
        SqliteDatabase.load();
        try {
            LedgerFile file = LedgerFile.of(given).withFolder();
            Inspection.rejectOrphanedLog(file);
            OwnerLock lock = OwnerLock.take(file);
            try {
                if (LedgerFile.size(file.main()) > 0) {
                    Inspection.check(file, Header.read(lock.channel()), EnumSet.of(state, others));
                    lock.renew();
                }
                var ledger = new SqliteLedger(file, lock, state);
                lock.renew(); // which SQLite released by opening and closing the file
                ledger.mark.write(ledger.lastNumber, ledger.log.row()); // so that other processes can name this one
                return ledger;
            } catch (SQLException | IOException | LedgerException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (SQLException | IOException e) {
            throw LedgerErrors.of(given, "opened", e);
        }
    }

    @Override
    public SqliteReader reader() throws LedgerException {
        return SqliteReader.inProcess(file);
    }

    @Override
    public String id() throws LedgerException {
        return read(() -> SqliteDatabase.id(connection));
    }

    @Override
    public long lastNumber() {
        return lastNumber;
    }

    @Override
    public StoredTotals readTotals(LocalDate daysFrom, Instant windowsFrom) throws LedgerException {
        return read(() -> totalsReader.totals(daysFrom, windowsFrom));
    }

    @Override
    public Map<Day, Map<Series, BigDecimal>> readDays(LocalDate from, LocalDate until) throws LedgerException {
        return read(() -> totalsReader.checkedDays(from, until));
    }

    @Override
    public Map<Hour, Map<Measure, HourTotal>> readHours(long from, long until) throws LedgerException {
        return read(() -> totalsReader.checkedHours(from, until));
    }

    @Override
    public Map<WindowPart, Map<Series, BigDecimal>> readWindows(String provider, Instant from) throws LedgerException {
        return read(() -> new WindowTable(connection).from(provider, from));
    }

    @Override
    public Map<String, List<Instant>> readSessions(LocalDate from) throws LedgerException {
        Instant start = from.atStartOfDay(ZoneOffset.UTC).toInstant();
        return read(() -> new WindowTable(connection).sessions(start));
    }

    @Override
    public List<RecordedEvent> find(String id) throws LedgerException {
        return read(() -> ids.find(id));
    }

    @Override
    public Map<String, List<RecordedEvent>> findOfAnyAge(Collection<UsageEvent> wanted, Instant now)
            throws LedgerException {
        return read(() -> finder.findOfAnyAge(wanted, now));
    }

    @Override
    public Map<String, String> readState(String provider) throws LedgerException {
        return read(() -> IntegrationState.read(connection, provider));
    }

    @Override
    public void putStateIfAbsent(String provider, String key, String value) throws LedgerException {
        write(() -> IntegrationState.insert(connection, provider, key, value));
    }

    @Override
    public void putState(String provider, String key, String value) throws LedgerException {
        write(() -> IntegrationState.replace(connection, provider, key, value));
    }

    @Override
    public void removeState(String provider, String key) throws LedgerException {
        write(() -> IntegrationState.delete(connection, provider, key));
    }

    @Override
    public void append(List<RecordedEvent> added, Totals.Change change) throws LedgerException {
        transaction(() -> {
            totalsWriter.write(change);
            return insert(added);
        });
    }

    @Override
    public void add(List<RecordedEvent> copied) throws LedgerException {
        transaction(() -> insert(copied));
    }

    /** Returns what to do after the commit. */
    private Runnable insert(List<RecordedEvent> added) throws SQLException {
        events.insert(added);
        Runnable idsKnown = ids.stage(added);
        return () -> {
            lastNumber = added.get(added.size() - 1).number();
            idsKnown.run();
        };
    }

    @Override
    public void write(CopyTarget.Work work) throws LedgerException {
        write(() -> work.run(connection));
    }

    @Override
    public void recount(String provider, ZoneId zone, CountedWindows counted, LongPromptRules rules, Recount recount)
            throws LedgerException {
        write(() -> totalsWriter.recount(provider, zone, counted, rules, lastNumber, recount));
    }

    @Override
    public List<RecordedEvent> findExported(String id) throws LedgerException {
        return read(() -> finder.findExported(id));
    }

    @Override
    public List<RecordedEvent> find(long number) throws LedgerException {
        return read(() -> events.whole(number));
    }

    @Override
    public boolean isUndone(long number) throws LedgerException {
        return read(() -> new UndoingTable(connection).contains(number));
    }

    @Override
    public Set<Long> readUndone() throws LedgerException {
        return read(() -> new UndoingTable(connection).read());
    }

    @Override
    public Map<String, LocalDate> readFirstDays() throws LedgerException {
        return read(totalsReader::firstDays);
    }

    @Override
    public void undo(long number, Instant now, Totals.Change change) throws LedgerException {
        write(() -> {
            new UndoingTable(connection).insert(number, now);
            totalsWriter.write(change);
        });
    }

    @Override
    public boolean prune(Instant before, Recount recount) throws LedgerException {
        var more = new boolean[1];
        write(() -> more[0] = new Pruner(connection, events, (pruned, kept) -> events.delete(pruned))
                .prune(before, lastNumber, recount));
        return more[0];
    }

    @Override
    public @Nullable Instant newestPruned() throws LedgerException {
        try {
            return new OpeningBalance(connection).newest();
        } catch (SQLException e) {
            throw failed("read", e);
        }
    }

    @Override
    public boolean isPricedOtherwise(String provider, PricingRules before, PricingRules after) throws LedgerException {
        return read(() -> EventRows.isPricedOtherwise(connection, provider, before, after));
    }

    @Override
    public void setLongPrompts(String provider, LongPromptRules rules) throws LedgerException {
        write(() -> totalsWriter.setLongPrompts(provider, rules));
    }

    @Override
    public void probe(Instant now) throws LedgerException {
        write(() -> Sql.execute(connection, "INSERT OR REPLACE INTO probe VALUES (1, " + now.toEpochMilli() + ")"));
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
                log;
                transactions) {
            SqliteDatabase.checkpoint(connection);
            mark.write(lastNumber, log.row());
            lock.channel().force(false);
            checkInPlace("its contents are lost unless it is put back");
        } catch (SQLException | IOException e) {
            throw failed("closed", e);
        }
    }
}
