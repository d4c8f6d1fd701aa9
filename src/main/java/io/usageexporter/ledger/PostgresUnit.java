package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A transaction, and what table {@code head} said in it. Ends with its connection.
 *
 * @param format of the tables
 * @param state of the ledger
 * @param lastNumber of the newest event
 * @param commitNumber of the last commit
 * @param found events by id that were looked up in advance
 */
record PostgresUnit(
        Connection connection,
        int format,
        LedgerState state,
        long lastNumber,
        long commitNumber,
        Map<String, List<RecordedEvent>> found)
        implements AutoCloseable {
    /**
     * By transaction, since poolers in front of the server do not keep what belongs to a session. An exporter that hangs must not
     * hold up all others for longer than they wait, and a commit must be on disk even where the server's default is that it need not. What is looked up
     * here is a little of much, while the planner may prefer to read all of it for thousands of ids; and as it then takes reading
     * a table of one row for dear, it would compile such statements, which takes half a second.
     */
    private static final String LIMITS = "SET LOCAL lock_timeout = '12s';"
            + " SET LOCAL statement_timeout = '15s';"
            + " SET LOCAL enable_seqscan = off;"
            + " SET LOCAL jit = off;"
            + " SET LOCAL idle_in_transaction_session_timeout = '10s';";

    private static final String DURABLE = "SELECT set_config('synchronous_commit', 'on', true)"
            + " WHERE current_setting('synchronous_commit') IN ('off', 'local')";

    private static final String HEAD = "SELECT format, state, last_number, commit_number FROM head";

    /** Waits until no other unit is open. */
    static PostgresUnit lock(PostgresPool pool) throws SQLException {
        Connection connection = pool.connection();
        return of(connection, () -> limit(connection), HEAD + " FOR UPDATE");
    }

    /** Only reads, in one consistent view. */
    static PostgresUnit look(PostgresPool pool) throws SQLException {
        Connection connection = pool.connection();
        return of(connection, () -> PostgresReader.begin(connection), HEAD);
    }

    /** Bounds how long the current transaction may take and wait. */
    static void limit(Connection connection) throws SQLException {
        Sql.execute(connection, LIMITS + DURABLE);
    }

    /** Has the current transaction on disk once it is committed. */
    static void makeDurable(Connection connection) throws SQLException {
        Sql.execute(connection, DURABLE);
    }

    private interface Beginning {
        void run() throws SQLException;
    }

    private static PostgresUnit of(Connection connection, Beginning beginning, String head) throws SQLException {
        try {
            beginning.run();
            try (var statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(head)) {
                if (!row.next()) {
                    throw new SQLException("table head is empty");
                }
                return new PostgresUnit(
                        connection,
                        row.getInt(1),
                        LedgerState.of(row.getString(2)),
                        row.getLong(3),
                        row.getLong(4),
                        new HashMap<>());
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Gives the connection back, which rolls back what was not committed. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is broken, and the server rolls back by itself.
        }
    }
}
