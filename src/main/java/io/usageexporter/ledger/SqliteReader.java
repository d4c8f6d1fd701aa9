package io.usageexporter.ledger;

import io.usageexporter.event.Measure;
import io.usageexporter.totals.Day;
import io.usageexporter.totals.Hour;
import io.usageexporter.totals.HourTotal;
import io.usageexporter.totals.Series;
import io.usageexporter.totals.Snapshot;
import io.usageexporter.totals.Totals;
import io.usageexporter.totals.WindowPart;
import io.usageexporter.window.Window;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Reads a ledger in an SQLite file, even while its owner writes it. */
final class SqliteReader implements LedgerReader {
    private static final int PAGE_ROWS = 1000;

    private final LedgerFile file;
    private final @Nullable Object fileKey;
    private final Connection connection;
    private final TotalsReader totals;
    private final FileStore store;

    private SqliteReader(LedgerFile file, Connection connection) throws IOException {
        this.file = file;
        this.fileKey = file.key();
        this.connection = connection;
        this.totals = new TotalsReader(connection);
        this.store = Files.getFileStore(file.folder()); // once, since it is looked up among all that are mounted
    }

    /** See {@link LedgerReader#open(Path)}. */
    static SqliteReader open(Path given) throws LedgerException {
        requireExists(given);
        SqliteDatabase.load();
        try {
            LedgerFile file = LedgerFile.of(given);
            if (OwnerLock.isOwnedHere(file)) {
                return inProcess(file);
            }
            Inspection.rejectOrphanedLog(file);
            Inspection.checkWhileInUse(file, () -> Header.read(file));
            // Without a log the ledger is a single file, and stays one.
            return of(
                    file,
                    Files.exists(file.log()) ? SqliteDatabase.openReadOnly(file) : SqliteDatabase.openImmutable(file));
        } catch (SQLException | IOException e) {
            throw LedgerErrors.of(given, "opened", e);
        }
    }

    static void requireExists(Path given) throws LedgerException {
        if (!Files.exists(given)) {
            throw new LedgerException.Missing(
                    "there is no ledger at " + given + "; start the exporter first, or give its --storage.path");
        }
    }

    /** Reads a ledger that this process owns. */
    static SqliteReader inProcess(LedgerFile file) throws LedgerException {
        try {
            return of(file, SqliteDatabase.openReadOnly(file));
        } catch (SQLException | IOException e) {
            throw LedgerErrors.of(file.given(), "opened", e);
        }
    }

    private static SqliteReader of(LedgerFile file, Connection connection) throws SQLException, IOException {
        try {
            if (SqliteDatabase.version(connection) < SqliteDatabase.VERSION) {
                throw new SQLException(
                        "it was written by an older version of the exporter; start this version on it once");
            }
            return new SqliteReader(file, connection);
        } catch (SQLException | IOException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Snapshot snapshot(LocalDate daysFrom, Instant windowsFrom) throws LedgerException {
        return new Totals(read(() -> {
                    CheckedRows.check(connection);
                    return totals.totals(daysFrom, windowsFrom);
                }))
                .snapshot();
    }

    @Override
    public Map<Day, Map<Series, BigDecimal>> days(LocalDate from, LocalDate until) throws LedgerException {
        return read(() -> totals.checkedDays(from, until));
    }

    @Override
    public Map<Hour, Map<Measure, HourTotal>> hours(long from, long until) throws LedgerException {
        return read(() -> totals.checkedHours(from, until));
    }

    @Override
    public Map<WindowPart, Map<Series, BigDecimal>> windows(
            String provider, Window window, Instant after, Instant until) throws LedgerException {
        return read(() -> new WindowTable(connection).checked(provider, window, after, until));
    }

    @Override
    public Page page(long from) throws LedgerException {
        return read(() -> EventRows.page(connection, from, PAGE_ROWS));
    }

    @Override
    public long newestWithId(String id) throws LedgerException {
        return read(() -> EventRows.newestWithId(connection, id));
    }

    @Override
    public SortedSet<Measure> measures() throws LedgerException {
        return read(totals::measures);
    }

    @Override
    public ExportedId exportedIds() throws LedgerException {
        return read(() -> new ExportedId(SqliteDatabase.id(connection)));
    }

    @Override
    public Verification verify() throws LedgerException {
        return read(() -> {
            var verifier = new Verifier(connection);
            long events = verifier.verify();
            return new Verification(events, verifier.differences());
        });
    }

    private interface Query<T> {
        T run() throws SQLException;
    }

    private synchronized <T> T read(Query<T> query) throws LedgerException {
        try {
            SqliteDatabase.execute(connection, "BEGIN"); // a consistent view for the whole query
            try {
                return query.run();
            } finally {
                SqliteDatabase.execute(connection, "ROLLBACK");
            }
        } catch (SQLException e) {
            throw LedgerErrors.of(file.given(), "read", e);
        }
    }

    @Override
    public boolean isInPlace() {
        try {
            return Objects.equals(fileKey, file.key());
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public long sizeBytes() throws IOException {
        return file.size();
    }

    @Override
    public long freeBytes() throws IOException {
        return store.getUsableSpace();
    }

    @Override
    public synchronized void close() throws LedgerException {
        try {
            connection.close();
        } catch (SQLException e) {
            throw LedgerErrors.of(file.given(), "closed", e);
        }
    }
}
