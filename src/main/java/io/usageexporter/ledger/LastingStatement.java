package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.sqlite.core.CoreStatement;

/**
 * A prepared statement that can be executed again after a failure such as a full disk, at which SQLite's driver finalizes it. (It does
 * not when a batch fails.) Not thread-safe.
 */
final class LastingStatement implements AutoCloseable {
    private final Connection connection;
    private final String sql;
    private PreparedStatement statement;

    LastingStatement(Connection connection, String sql) throws SQLException {
        this.connection = connection;
        this.sql = sql;
        statement = connection.prepareStatement(sql);
    }

    /** The statement, to be used once. */
    PreparedStatement get() throws SQLException {
        if (statement instanceof CoreStatement driver && driver.pointer.isClosed()) {
            statement.close();
            statement = connection.prepareStatement(sql);
        }
        return statement;
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
