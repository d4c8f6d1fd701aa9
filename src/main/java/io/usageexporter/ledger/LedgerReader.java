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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Reads a ledger, even while its owner writes it. Thread-safe. */
public final class LedgerReader implements AutoCloseable {
    private static final int PAGE_ROWS = 1000;

    private final LedgerFile file;
    private final @Nullable Object fileKey;
    private final Connection connection;
    private final TotalsReader totals;
    private final FileStore store;

    private LedgerReader(LedgerFile file, Connection connection) throws IOException {
        this.file = file;
        this.fileKey = file.key();
        this.connection = connection;
        this.totals = new TotalsReader(connection);
        this.store = Files.getFileStore(file.folder()); // once, since it is looked up among all that are mounted
    }

    /**
     * Opens an existing ledger.
     *
     * @throws LedgerException.Missing when there is no file
     * @throws LedgerException.Foreign when the file belongs to another program
     * @throws LedgerException.Damaged when a part is missing
     */
    public static LedgerReader open(Path given) throws LedgerException {
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
    static LedgerReader inProcess(LedgerFile file) throws LedgerException {
        try {
            return of(file, SqliteDatabase.openReadOnly(file));
        } catch (SQLException | IOException e) {
            throw LedgerErrors.of(file.given(), "opened", e);
        }
    }

    private static LedgerReader of(LedgerFile file, Connection connection) throws SQLException, IOException {
        try {
            if (SqliteDatabase.version(connection) < SqliteDatabase.VERSION) {
                throw new SQLException(
                        "it was written by an older version of the exporter; start this version on it once");
            }
            return new LedgerReader(file, connection);
        } catch (SQLException | IOException e) {
            connection.close();
            throw e;
        }
    }

    /** The totals of all events, with the days from a date on, and the hours and sessions from an instant on. */
    public Snapshot snapshot(LocalDate daysFrom, Instant windowsFrom) throws LedgerException {
        return new Totals(read(() -> totals.totals(daysFrom, windowsFrom))).snapshot();
    }

    /** The days from a date to before another. */
    public Map<Day, Map<Series, BigDecimal>> days(LocalDate from, LocalDate until) throws LedgerException {
        return read(() -> totals.days(from, until));
    }

    /** The hours from one to before another. */
    public Map<Hour, Map<Measure, HourTotal>> hours(long from, long until) throws LedgerException {
        return read(() -> totals.hours(from, until));
    }

    /** The hours or sessions of a provider that start after one instant and before another. */
    public Map<WindowPart, Map<Series, BigDecimal>> windows(
            String provider, Window window, Instant after, Instant until) throws LedgerException {
        return read(() -> new WindowTable(connection).between(provider, window, after, until));
    }

    /**
     * Events in the order of recording.
     *
     * @param next from where to go on; 0 at the end
     */
    public record Page(List<WholeEvent> events, long next) {}

    /**
     * The events from a number on, a part of them at a time, so that a slow caller does not hold up the log.
     *
     * @param from 1 for all
     */
    public Page page(long from) throws LedgerException {
        return read(() -> EventRows.page(connection, from, PAGE_ROWS));
    }

    /** The number of the newest event of this id, found by reading all events; 0 if there is none. */
    public long newestWithId(String id) throws LedgerException {
        return read(() -> EventRows.newestWithId(connection, id));
    }

    /** Everything that was ever counted, of whichever provider. */
    public SortedSet<Measure> measures() throws LedgerException {
        return read(totals::measures);
    }

    /** The ids of exported events that have none of their own. */
    public ExportedId exportedIds() throws LedgerException {
        return read(() -> new ExportedId(SqliteDatabase.id(connection)));
    }

    /**
     * The result of {@link #verify}.
     *
     * @param events the number of events read
     * @param differences one line for each total that differs from the events
     */
    public record Verification(long events, List<String> differences) {}

    /** Verifies everything that is stored, in one consistent view of the ledger. */
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

    /** Whether the file is still where it was opened: neither moved, deleted nor replaced. */
    public boolean isInPlace() {
        try {
            return Objects.equals(fileKey, file.key());
        } catch (IOException e) {
            return false;
        }
    }

    /** The size of the ledger on disk. */
    public long sizeBytes() throws IOException {
        return file.size();
    }

    /** The free space where the ledger is. */
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
