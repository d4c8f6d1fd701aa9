package io.usageexporter.ledger;

import io.usageexporter.event.RecordedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A ledger that is being filled with what another one holds, and that no exporter opens before it is complete. */
interface CopyTarget extends AutoCloseable {
    /**
     * Creates a ledger, or opens one that was not completed.
     *
     * @throws LedgerException also if there is another ledger
     */
    static CopyTarget open(LedgerAddress address) throws LedgerException {
        return address instanceof LedgerAddress.Shared shared
                ? PostgresTarget.open(shared.url())
                : SqliteLedger.open(((LedgerAddress.InFile) address).path(), LedgerState.UNFINISHED);
    }

    /** The number of the newest event in it; 0 if there is none. */
    long lastNumber();

    /** Commits further events, which have their numbers. */
    void add(List<RecordedEvent> events) throws LedgerException;

    /** What is done in one transaction. */
    interface Work {
        void run(Connection connection) throws SQLException;
    }

    /** Commits what is no event. */
    void write(Work work) throws LedgerException;

    @Override
    void close() throws LedgerException;
}
