package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;

/** Copies a ledger as it is at one instant, while it may be written, into a single complete file. */
final class LedgerCopy {
    /** How often a copy is tried, since a file whose exporter starts meanwhile may change under it. */
    private static final int ATTEMPTS = 3;

    private static final int ALL_PAGES = -1;

    private LedgerCopy() {}

    /** What changes when a file without a log is written. */
    private record State(@Nullable Object key, long size, FileTime modified, boolean hasLog) {
        static State of(LedgerFile file) throws IOException {
            return new State(
                    file.key(),
                    Files.size(file.main()),
                    Files.getLastModifiedTime(file.main()),
                    LedgerFile.size(file.log()) > 0);
        }
    }

    /**
     * Copies a ledger of this or an earlier version.
     *
     * @param target is overwritten, and is on disk when this returns
     * @return the number of events in it
     */
    static long copy(LedgerFile source, Path target) throws IOException, SQLException, LedgerException {
        for (int attempt = 1; ; attempt++) {
            Files.deleteIfExists(target);
            if (!OwnerLock.isOwnedHere(source)) {
                Inspection.rejectOrphanedLog(source);
                Inspection.checkWhileInUse(source, () -> Header.read(source));
            }
            State before = State.of(source);
            long events;
            try (Connection connection =
                    before.hasLog() ? SqliteDatabase.openReadOnly(source) : SqliteDatabase.openImmutable(source)) {
                events = copy(connection, target);
            }
            if (before.hasLog() || before.equals(State.of(source))) {
                return events;
            }
            if (attempt == ATTEMPTS) {
                throw new IOException("it kept changing while it was copied");
            }
        }
    }

    /** One transaction holds the same view for the whole copy, in which SQLite copies page by page. */
    private static long copy(Connection connection, Path target) throws SQLException, IOException {
        Sql.execute(connection, "BEGIN");
        long events = new TotalsReader(connection).events();
        long lastNumber = EventRows.lastNumber(connection);
        LogTable.Row last = LogTable.exists(connection) ? LogTable.read(connection) : new LogTable.Row(0, 0);
        boolean isMoved = LedgerState.of(connection) == LedgerState.MOVED;
        int result = connection
                .unwrap(SQLiteConnection.class)
                .getDatabase()
                .backup("main", target.toString(), null, 1, 1, ALL_PAGES);
        Sql.execute(connection, "ROLLBACK");
        if (result != SQLiteErrorCode.SQLITE_OK.code) {
            throw new SQLException(
                    target + " cannot be written: " + SQLiteErrorCode.getErrorCode(result).message, "", result);
        }
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
            new Mark(lastNumber, 0, last).write(channel);
            if (isMoved) {
                Header.open(channel);
            }
            channel.force(true);
        }
        return events;
    }

    /** Makes sure that the names in a folder are on disk, where the system can do that. */
    static void forceFolder(Path file) throws IOException {
        try (FileChannel folder =
                FileChannel.open(Objects.requireNonNull(file.toAbsolutePath().getParent()), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException e) {
            // Windows cannot open a folder.
        }
    }
}
