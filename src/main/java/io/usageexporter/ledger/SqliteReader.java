package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads a ledger in an SQLite file, even while its owner writes it. */
final class SqliteReader extends SqlReader {
    private final LedgerFile file;
    private final @Nullable Object fileKey;
    private final Connection connection;
    private final FileStore store;

    private SqliteReader(LedgerFile file, Connection connection) throws IOException {
        this.file = file;
        this.fileKey = file.key();
        this.connection = connection;
        this.store = Files.getFileStore(file.folder()); // once, since it is looked up among all that are mounted
    }

    /** See {@link LedgerAddress#read}. */
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
    void check(Connection reading) throws SQLException {
        CheckedRows.check(reading);
    }

    @Override
    synchronized <T> T read(Query<T> query) throws LedgerException {
        try {
            Sql.execute(connection, "BEGIN"); // a consistent view for the whole query
            try {
                return query.run(connection);
            } finally {
                Sql.execute(connection, "ROLLBACK");
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
