package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.StoredTotals;
import io.usageexporter.totals.Totals;
import io.usageexporter.totals.WindowPart;
import io.usageexporter.window.Window;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.SortedSet;

/** What reading ledgers in SQLite and in PostgreSQL has in common. */
abstract class SqlReader implements LedgerReader {
    private static final int PAGE_ROWS = 1000;

    /** Reads in one consistent view of the ledger. */
    interface Query<T> {
        T run(Connection connection) throws SQLException, LedgerException;
    }

    /** A query that has no result. */
    interface Visit {
        void run(Connection connection) throws SQLException, LedgerException;
    }

    /** Runs a query in a transaction. */
    abstract <T> T read(Query<T> query) throws LedgerException;

    /** The same without a result. */
    final void visit(Visit visit) throws LedgerException {
        read(connection -> {
            visit.run(connection);
            return true;
        });
    }

    /** Fails where the tables of totals are not as they were written. */
    void check(Connection connection) throws SQLException {}

    @Override
    public Snapshot snapshot(LocalDate daysFrom, Instant windowsFrom) throws LedgerException {
        StoredTotals stored = read(connection -> {
            check(connection);
            return new TotalsReader(connection).totals(daysFrom, windowsFrom);
        });
        return new Totals(stored).snapshot();
    }

    @Override
    public Map<Day, Map<Series, BigDecimal>> days(LocalDate from, LocalDate until) throws LedgerException {
        return read(connection -> new TotalsReader(connection).checkedDays(from, until));
    }

    @Override
    public Map<Hour, Map<Measure, HourTotal>> hours(long from, long until) throws LedgerException {
        return read(connection -> new TotalsReader(connection).checkedHours(from, until));
    }

    @Override
    public Map<WindowPart, Map<Series, BigDecimal>> windows(
            String provider, Window window, Instant after, Instant until) throws LedgerException {
        return read(connection -> new WindowTable(connection).checked(provider, window, after, until));
    }

    @Override
    public Page page(long from) throws LedgerException {
        return read(connection -> EventRows.page(connection, from, PAGE_ROWS));
    }

    @Override
    public long newestWithId(String id) throws LedgerException {
        return read(connection -> EventRows.newestWithId(connection, id));
    }

    @Override
    public SortedSet<Measure> measures() throws LedgerException {
        return read(connection -> new TotalsReader(connection).measures());
    }

    @Override
    public ExportedId exportedIds() throws LedgerException {
        return read(connection -> new ExportedId(Sql.text(connection, "SELECT id FROM identity")));
    }

    @Override
    public Verification verify() throws LedgerException {
        return read(connection -> {
            var verifier = new Verifier(connection);
            long events = verifier.verify();
            return new Verification(events, verifier.differences());
        });
    }
}
