package io.usageexporter.ledger;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Reads a ledger in PostgreSQL. */
final class PostgresReader extends SqlReader {
    /** A server that hangs must not make each scrape hang. */
    private static final int SCRAPED_WITHIN_MS = 1000;

    private final PostgresPool pool;
    private final Runnable closed;

    /** @param closed runs at the end */
    PostgresReader(PostgresPool pool, Runnable closed) {
        this.pool = pool;
        this.closed = closed;
    }

    /** See {@link LedgerAddress#read}. */
    static PostgresReader open(String url) throws LedgerException {
        PostgresPool pool = PostgresPool.open(url);
        try (Connection connection = pool.connection()) {
            if (!PostgresDatabase.hasTables(connection)) {
                throw new LedgerException.Missing("there is no ledger at " + pool.url()
                        + "; start the exporter first, or give its --storage.url");
            }
            PostgresDatabase.requireKnown(PostgresDatabase.format(connection));
            LedgerState state = LedgerState.of(connection);
            if (state == LedgerState.UNFINISHED) {
                throw state.refusal(pool.url());
            }
            return new PostgresReader(pool, pool::close);
        } catch (SQLException e) {
            pool.close();
            throw PostgresErrors.of(pool.url(), "opened", e);
        } catch (LedgerException | RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    @Override
    <T> T read(Query<T> query) throws LedgerException {
        try {
            return read(pool, query);
        } catch (SQLException e) {
            throw PostgresErrors.of(pool.url(), "read", e);
        }
    }

    /** Reads in one consistent view. */
    static <T> T read(PostgresPool pool, Query<T> query) throws SQLException, LedgerException {
        try (Connection connection = pool.connection()) {
            begin(connection);
            return query.run(connection);
        }
    }

    /** Makes the current transaction one that only reads, in one consistent view. */
    static void begin(Connection connection) throws SQLException {
        Sql.execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    }

    /** Has exporters write it no more. */
    void markMoved() throws LedgerException {
        try (PostgresUnit unit = PostgresUnit.lock(pool)) {
            LedgerState.MOVED.store(unit.connection());
            unit.connection().commit();
        } catch (SQLException e) {
            throw pool.failure("written", e);
        }
    }

    @Override
    public boolean isInPlace() {
        return true;
    }

    @Override
    public long sizeBytes() throws IOException {
        try {
            return size();
        } catch (SQLException e) {
            throw new IOException(PostgresErrors.of(pool.url(), "read", e));
        }
    }

    private long size() throws SQLException {
        try (Connection connection = pool.connection()) {
            connection.setNetworkTimeout(Runnable::run, SCRAPED_WITHIN_MS);
            return Sql.number(
                    connection,
                    "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class"
                            + " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'");
        }
    }

    @Override
    public long freeBytes() throws IOException {
        throw new IOException("only the server knows how much space it has");
    }

    @Override
    public void close() {
        closed.run();
    }
}
