package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A ledger in PostgreSQL that is being filled. Not thread-safe. */
final class PostgresTarget implements CopyTarget {
    private final PostgresPool pool;
    private final EventPartitions partitions = new EventPartitions();
    private long lastNumber;

    private PostgresTarget(PostgresPool pool, long lastNumber) {
        this.pool = pool;
        this.lastNumber = lastNumber;
    }

    /** See {@link CopyTarget#open}. */
    static PostgresTarget open(String url) throws LedgerException {
        PostgresPool pool = PostgresPool.open(url);
        try (Connection connection = pool.connection()) {
            LedgerState state = PostgresDatabase.migrate(connection, LedgerState.UNFINISHED);
            if (state != LedgerState.UNFINISHED) {
                throw LedgerState.OPEN.refusal(pool.url());
            }
            return new PostgresTarget(pool, Sql.number(connection, "SELECT last_number FROM head"));
        } catch (SQLException e) {
            pool.close();
            throw pool.failure("opened", e);
        } catch (LedgerException | RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    @Override
    public long lastNumber() {
        return lastNumber;
    }

    @Override
    public void add(List<RecordedEvent> events) throws LedgerException {
        long last = events.get(events.size() - 1).number();
        try {
            write(connection -> {
                for (RecordedEvent event : events) {
                    partitions.provide(connection, event.received());
                }
                try (var table = new EventTable(connection)) {
                    table.insert(events);
                }
                Sql.execute(connection, "UPDATE head SET last_number = " + last);
            });
            lastNumber = last;
        } catch (LedgerException e) {
            partitions.forget();
            throw e;
        }
    }

    @Override
    public void write(Work work) throws LedgerException {
        try (Connection connection = pool.connection()) {
            Sql.execute(connection, "SET LOCAL lock_timeout = '5s'");
            PostgresUnit.makeDurable(connection);
            if (Sql.number(connection, "SELECT last_number FROM head FOR UPDATE") != lastNumber) {
                throw new LedgerException(
                        "ledger " + pool.url() + " is being filled by another process, too; end that");
            }
            work.run(connection);
            connection.commit();
        } catch (SQLException e) {
            throw pool.failure("written", e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
