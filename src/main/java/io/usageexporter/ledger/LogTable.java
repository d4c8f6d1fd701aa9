package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The row of table {@code log}, in which every commit increments its number, and SQLite's log. After a full checkpoint
 * SQLite restarts its log with another salt; the preceding commit is then the base of the log.
 */
final class LogTable implements AutoCloseable {
    /** The size of the log above which it is checkpointed. */
    private static final long CHECKPOINT_BYTES = 64L << 20;

    /** The offset of the salts in the log's header. */
    private static final int SALT_AT = 16;

    private final Path file;
    private final Connection connection;
    private final LastingStatement update;
    private @Nullable FileChannel channel;
    private long checkpointAt = CHECKPOINT_BYTES;
    private Row row;
    private long salt;

    /**
     * The contents of the row.
     *
     * @param written the number of the last commit
     * @param base the number of the last commit before the log started, or of an earlier one
     */
    record Row(long written, long base) {}

    /** @param file the log */
    LogTable(Path file, Connection connection) throws SQLException, IOException {
        this.file = file;
        this.connection = connection;
        this.row = read(connection);
        this.update = new LastingStatement(connection, "UPDATE log SET written = ?, base = ? WHERE only = 1");
        this.salt = readSalt();
    }

    static boolean exists(Connection connection) throws SQLException {
        return Sql.integer(connection, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'log'") > 0;
    }

    static Row read(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT written, base FROM log")) {
            if (!row.next()) {
                throw new SQLException("table log is empty");
            }
            return new Row(row.getLong(1), row.getLong(2));
        }
    }

    /** Numbers the current transaction. To be followed by {@link #committed()} after the commit. */
    void write() throws SQLException {
        PreparedStatement next = update.get();
        next.setLong(1, row.written() + 1);
        next.setLong(2, row.base());
        next.executeUpdate();
    }

    /** The contents of the row after the last commit. */
    Row row() {
        return row;
    }

    void committed() throws IOException {
        long before = row.written();
        long saltNow = readSalt();
        row = new Row(before + 1, saltNow == salt ? row.base() : before);
        salt = saltNow;
    }

    /**
     * Checkpoints a long log. SQLite itself never restarts the log while there is always some reader.
     *
     * @return whether the log was long
     */
    boolean checkpointIfLong() throws SQLException, IOException {
        long size = channel == null ? 0 : channel.size();
        if (size <= checkpointAt) {
            return false;
        }
        checkpointAt = SqliteDatabase.checkpointNoWait(connection) ? CHECKPOINT_BYTES : size + CHECKPOINT_BYTES;
        return true;
    }

    private long readSalt() throws IOException {
        if (channel == null) {
            if (LedgerFile.size(file) == 0) {
                return 0;
            }
            channel = FileChannel.open(file, StandardOpenOption.READ);
        }
        var bytes = ByteBuffer.allocate(Long.BYTES);
        return channel.read(bytes, SALT_AT) == Long.BYTES ? bytes.getLong(0) : 0;
    }

    @Override
    public void close() throws SQLException, IOException {
        update.close();
        if (channel != null) {
            channel.close();
        }
    }
}
