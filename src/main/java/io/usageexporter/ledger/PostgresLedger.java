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
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A ledger in PostgreSQL, which several exporters share. Each commit locks the one row of table {@code head}, so that
 * commits follow one another and totals are never updated from a view that is out of date; exporters that wait for the lock
 * meanwhile gather larger groups. What a commit changes is also noted in {@link CommitLog}, from which the other exporters
 * learn it, and whose order is that of the commits.
 */
final class PostgresLedger implements Ledger {
    /** What the totals of this exporter hold is not known. */
    private static final long UNKNOWN = -1;

    /** How long the server may take to start, when it is started together with the exporter. */
    private static final Duration STARTING = Duration.ofSeconds(30);

    private final PostgresPool pool;
    private final PostgresLease lease;
    private final PostgresCommit commit;
    private final EventPartitions partitions = new EventPartitions();
    private @Nullable PostgresUnit unit;
    private long lastNumber;

    /** The commit up to which the totals of this exporter are. */
    private long followed = UNKNOWN;

    private PostgresLedger(PostgresPool pool) {
        this.pool = pool;
        this.lease = new PostgresLease(pool);
        this.commit = new PostgresCommit(pool);
    }

    /** See {@link LedgerAddress#open}. */
    static PostgresLedger open(String url) throws LedgerException {
        PostgresPool pool = PostgresPool.open(url);
        try (Connection connection = pool.awaitConnection(STARTING)) {
            PostgresDatabase.migrate(connection, LedgerState.OPEN).requireOpen(pool.url());
            return new PostgresLedger(pool);
        } catch (SQLException e) {
            pool.close();
            throw PostgresErrors.of(pool.url(), "opened", e);
        } catch (LedgerException | RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public Lease lease() {
        return lease;
    }

    @Override
    public LedgerReader reader() {
        return new PostgresReader(pool, () -> {});
    }

    @Override
    public <T> T inUnit(Follower follower, Unit<T> work) throws LedgerException {
        try (PostgresUnit begun = PostgresUnit.lock(pool)) {
            unit = begun;
            follow(begun, follower);
            return run(work);
        } catch (SQLException e) {
            throw PostgresErrors.of(pool.url(), "written", e);
        } finally {
            unit = null;
        }
    }

    private <T> T run(Unit<T> work) throws LedgerException {
        boolean isDone = false;
        try {
            T result = work.run();
            isDone = true;
            return result;
        } finally {
            if (!isDone && unit == null) { // after the commit, so that totals may lack what it changed
                followed = UNKNOWN;
            }
        }
    }

    @Override
    public void follow(Follower follower) throws LedgerException {
        try (PostgresUnit look = PostgresUnit.look(pool)) {
            unit = look;
            follow(look, follower);
        } catch (SQLException e) {
            throw PostgresErrors.of(pool.url(), "read", e);
        } finally {
            unit = null;
        }
    }

    private void follow(PostgresUnit current, Follower follower) throws SQLException, LedgerException {
        PostgresDatabase.requireKnown(current.format());
        current.state().requireOpen(pool.url());
        lastNumber = current.lastNumber();
        long before = followed;
        if (before == current.commitNumber()) {
            return;
        }
        followed = UNKNOWN; // should the follower fail half-way
        if (before == UNKNOWN
                || !new CommitLog(current.connection()).follow(before, current.commitNumber(), follower)) {
            follower.replaced();
        }
        followed = current.commitNumber();
    }

    @Override
    public String id() throws LedgerException {
        return read(connection -> Sql.text(connection, "SELECT id FROM identity"));
    }

    @Override
    public long lastNumber() {
        return lastNumber;
    }

    @Override
    public StoredTotals readTotals(LocalDate daysFrom, Instant windowsFrom) throws LedgerException {
        return read(connection -> {
            if (unit == null) { // else the unit says it
                followed = Sql.number(connection, "SELECT commit_number FROM head");
                lastNumber = Sql.number(connection, "SELECT last_number FROM head");
            }
            return new TotalsReader(connection).totals(daysFrom, windowsFrom);
        });
    }

    @Override
    public Map<Day, Map<Series, BigDecimal>> readDays(LocalDate from, LocalDate until) throws LedgerException {
        return read(connection -> new TotalsReader(connection).checkedDays(from, until));
    }

    @Override
    public Map<Hour, Map<Measure, HourTotal>> readHours(long from, long until) throws LedgerException {
        return read(connection -> new TotalsReader(connection).checkedHours(from, until));
    }

    @Override
    public Map<WindowPart, Map<Series, BigDecimal>> readWindows(String provider, Instant from) throws LedgerException {
        return read(connection -> new WindowTable(connection).from(provider, from));
    }

    @Override
    public Map<String, List<Instant>> readSessions(LocalDate from) throws LedgerException {
        Instant start = from.atStartOfDay(ZoneOffset.UTC).toInstant();
        return read(connection -> new WindowTable(connection).sessions(start));
    }

    @Override
    public void prefetch(Collection<String> ids, Instant now) throws LedgerException {
        PostgresUnit current = unit;
        if (current != null) {
            current.found().putAll(read(connection -> new EventIds(connection).find(ids, now)));
            ids.forEach(id -> current.found().putIfAbsent(id, List.of()));
        }
    }

    @Override
    public List<RecordedEvent> find(String id) throws LedgerException {
        List<RecordedEvent> prefetched = unit == null ? null : unit.found().get(id);
        return prefetched != null
                ? prefetched
                : read(connection -> new EventIds(connection).find(List.of(id)).getOrDefault(id, List.of()));
    }

    @Override
    public Map<String, List<RecordedEvent>> findOfAnyAge(Collection<UsageEvent> wanted, Instant now)
            throws LedgerException {
        return read(connection -> {
            var ids = new HashSet<String>();
            for (UsageEvent event : wanted) {
                if (event.id() != null) {
                    ids.add(event.id());
                }
            }
            var events = new EventIds(connection);
            Map<String, List<RecordedEvent>> found = events.findExported(ids);
            ids.removeAll(found.keySet());
            found.putAll(events.find(ids));
            return found;
        });
    }

    @Override
    public List<RecordedEvent> findExported(String id) throws LedgerException {
        return read(connection -> new EventIds(connection).findExported(id));
    }

    @Override
    public List<RecordedEvent> find(long number) throws LedgerException {
        return read(connection -> {
            try (var events = new EventTable(connection)) {
                return events.whole(number);
            }
        });
    }

    @Override
    public Map<String, String> readState(String provider) throws LedgerException {
        return read(connection -> IntegrationState.read(connection, provider));
    }

    @Override
    public void putStateIfAbsent(String provider, String key, String value) throws LedgerException {
        write(connection -> IntegrationState.insert(connection, provider, key, value));
    }

    @Override
    public void putState(String provider, String key, String value) throws LedgerException {
        write(connection -> IntegrationState.replace(connection, provider, key, value));
    }

    @Override
    public void removeState(String provider, String key) throws LedgerException {
        write(connection -> IntegrationState.delete(connection, provider, key));
    }

    @Override
    public void append(List<RecordedEvent> added, Totals.Change change) throws LedgerException {
        RecordedEvent last = added.get(added.size() - 1);
        commit(CommitLog.Kind.EVENTS, ChangeCodec.encode(change), last.number(), connection -> {
            partitions.provide(connection, last.received());
            try (var events = new EventTable(connection);
                    var totals = new TotalsWriter(connection)) {
                events.insert(added);
                totals.write(change);
            }
        });
    }

    @Override
    public void recount(String provider, ZoneId zone, CountedWindows counted, LongPromptRules rules, Recount recount)
            throws LedgerException {
        commit(CommitLog.Kind.RECOUNT, provider, lastNumber, connection -> {
            try (var totals = new TotalsWriter(connection)) {
                totals.recount(provider, zone, counted, rules, lastNumber, recount);
            }
        });
    }

    @Override
    public void setLongPrompts(String provider, LongPromptRules rules) throws LedgerException {
        commit(CommitLog.Kind.RECOUNT, provider, lastNumber, connection -> {
            try (var totals = new TotalsWriter(connection)) {
                totals.setLongPrompts(provider, rules);
            }
        });
    }

    @Override
    public boolean isUndone(long number) throws LedgerException {
        return read(connection -> new UndoingTable(connection).contains(number));
    }

    @Override
    public Set<Long> readUndone() throws LedgerException {
        return read(connection -> new UndoingTable(connection).read());
    }

    @Override
    public Map<String, LocalDate> readFirstDays() throws LedgerException {
        return read(connection -> new TotalsReader(connection).firstDays());
    }

    @Override
    public void undo(long number, Instant now, Totals.Change change) throws LedgerException {
        commit(CommitLog.Kind.UNDO, ChangeCodec.encode(change), lastNumber, connection -> {
            new UndoingTable(connection).insert(number, now);
            try (var totals = new TotalsWriter(connection)) {
                totals.write(change);
            }
        });
    }

    @Override
    public boolean prune(Instant before, Recount recount) throws LedgerException {
        var more = new boolean[1];
        commit(CommitLog.Kind.OTHER, "", lastNumber, connection -> {
            try (var events = new EventTable(connection)) {
                more[0] = new Pruner(connection, events, new KeptEvents(connection)::remove)
                        .prune(before, lastNumber, recount);
            }
            if (!more[0]) {
                partitions.drop(connection, before);
            }
        });
        return more[0];
    }

    @Override
    public @Nullable Instant newestPruned() throws LedgerException {
        PostgresUnit current = unit;
        try {
            if (current != null) {
                return new OpeningBalance(current.connection()).newest();
            }
            try (Connection connection = pool.connection()) {
                return new OpeningBalance(connection).newest();
            }
        } catch (SQLException e) {
            throw PostgresErrors.of(pool.url(), "read", e);
        }
    }

    @Override
    public boolean isPricedOtherwise(String provider, PricingRules before, PricingRules after) throws LedgerException {
        return read(connection -> EventRows.isPricedOtherwise(connection, provider, before, after));
    }

    @Override
    public void probe(Instant now) throws LedgerException {
        write(connection -> Sql.execute(
                connection,
                "INSERT INTO probe VALUES (1, " + now.toEpochMilli()
                        + ") ON CONFLICT (\"only\") DO UPDATE SET at = excluded.at"));
    }

    /** Reads in the current unit, or else in one consistent view. */
    private <T> T read(SqlReader.Query<T> query) throws LedgerException {
        PostgresUnit current = unit;
        try {
            return current == null ? PostgresReader.read(pool, query) : query.run(current.connection());
        } catch (SQLException e) {
            throw PostgresErrors.of(pool.url(), "read", e);
        }
    }

    /** The body of a write. */
    interface Write {
        void run(Connection connection) throws SQLException;
    }

    /** Writes what is no part of the totals. */
    private void write(Write write) throws LedgerException {
        try (PostgresUnit begun = PostgresUnit.lock(pool)) {
            PostgresDatabase.requireKnown(begun.format());
            begun.state().requireOpen(pool.url());
            write.run(begun.connection());
            begun.connection().commit();
        } catch (SQLException e) {
            throw PostgresErrors.of(pool.url(), "written", e);
        }
    }

    /** The one write of the current unit. */
    private void commit(CommitLog.Kind kind, String changes, long last, Write write) throws LedgerException {
        PostgresUnit current = unit;
        if (current == null) {
            throw new IllegalStateException("there is no unit");
        }
        boolean isDone = false;
        try {
            write.run(current.connection());
            long number = commit.run(current, kind, changes, last);
            // What is read after a recount may have more commits in it already, so all is to be read again.
            followed = kind == CommitLog.Kind.RECOUNT ? UNKNOWN : number;
            lastNumber = last;
            unit = null;
            isDone = true;
        } catch (SQLException e) {
            throw PostgresErrors.of(pool.url(), "written", e);
        } finally {
            if (!isDone) {
                partitions.forget();
            }
        }
    }

    @Override
    public void close() {
        lease.close();
        pool.close();
    }
}
