package io.usageexporter.ledger;

/** Moves a ledger from a file to PostgreSQL, or back, or from one database to another. */
public final class LedgerMigration {
    private LedgerMigration() {}

    /** Receives how far a copy is, after each part of it. */
    public interface Progress {
        /** Shows nothing. */
        Progress NONE = (copied, all) -> {};

        /** So many of all rows of events are copied. */
        void copied(long copied, long all);
    }

    /**
     * Moves a ledger to where none is, or goes on with that. It keeps its id, and can only be read afterwards in its old place.
     * A file must not be in use; exporters that use a database are refused to write it only once few events are left to
     * copy.
     *
     * @return the number of events
     * @throws LedgerException also if the target is another ledger; what was copied before another failure stays, and counts
     *     when this is repeated
     */
    public static long migrate(LedgerAddress from, LedgerAddress to, Progress progress) throws LedgerException {
        return migrate(from, to, LedgerTransfer.CHUNK, progress);
    }

    static long migrate(LedgerAddress from, LedgerAddress to, int chunk, Progress progress) throws LedgerException {
        if (from.equals(to)) {
            throw new LedgerException("the ledger is at " + from + " already; give another place to move it to");
        }
        if (from instanceof LedgerAddress.Shared shared) {
            try (var reader = PostgresReader.open(shared.url());
                    CopyTarget target = CopyTarget.open(to)) {
                return migrate(new LedgerTransfer(reader, target, chunk, progress), reader::markMoved);
            }
        }
        LedgerAddress.InFile file = (LedgerAddress.InFile) from;
        SqliteReader.requireExists(file.path());
        try (var ledger = SqliteLedger.open(file.path(), LedgerState.OPEN, LedgerState.MOVED);
                SqliteReader reader = ledger.reader();
                CopyTarget target = CopyTarget.open(to)) {
            return migrate(
                    new LedgerTransfer(reader, target, chunk, progress), () -> ledger.write(LedgerState.MOVED::store));
        }
    }

    /**
     * Copies a ledger, as it is at one moment, to where none is, or goes on with that.
     *
     * @return the number of events
     */
    static long copy(LedgerAddress from, LedgerAddress to) throws LedgerException {
        try (SqlReader reader = (SqlReader) from.read();
                CopyTarget target = CopyTarget.open(to)) {
            var transfer = new LedgerTransfer(reader, target, LedgerTransfer.CHUNK, Progress.NONE);
            transfer.prepare();
            return transfer.complete();
        }
    }

    /** Marks a ledger as moved. */
    private interface Mark {
        void run() throws LedgerException;
    }

    /** Two ledgers must never be open at the same time, so one is closed before the other is opened. */
    private static long migrate(LedgerTransfer transfer, Mark moved) throws LedgerException {
        transfer.prepare();
        moved.run();
        return transfer.complete();
    }
}
