package io.usageexporter.ledger;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where a ledger is: in a file of this machine, or in a database that several exporters share. */
public sealed interface LedgerAddress {
    /** A ledger in a file. */
    record InFile(Path path) implements LedgerAddress {
        @Override
        public boolean isMissing() {
            return Files.notExists(path);
        }

        @Override
        public Ledger open() throws LedgerException {
            return SqliteLedger.open(path);
        }

        @Override
        public LedgerReader read() throws LedgerException {
            return SqliteReader.open(path);
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A ledger in PostgreSQL.
     *
     * @param url of the driver; may hold a password
     */
    record Shared(String url) implements LedgerAddress {
        @Override
        public boolean isMissing() {
            return false;
        }

        @Override
        public Ledger open() throws LedgerException {
            return PostgresLedger.open(url);
        }

        @Override
        public LedgerReader read() throws LedgerException {
            return PostgresReader.open(url);
        }

        /** Without a password. */
        @Override
        public String toString() {
            return PostgresUrl.redacted(url);
        }
    }

    /** A file, or the URL of a database, {@code jdbc:postgresql://…}. */
    static LedgerAddress of(String text) {
        return PostgresUrl.isOne(text) ? new Shared(text) : of(Path.of(text));
    }

    /** A file. */
    static LedgerAddress of(Path path) {
        return new InFile(path);
    }

    /** Whether there certainly is no ledger yet. */
    boolean isMissing();

    /**
     * Opens the ledger for writing, creating it when it is missing.
     *
     * @throws LedgerException.InUse when another process owns the file
     * @throws LedgerException.Foreign when it belongs to another program; it stays unchanged
     * @throws LedgerException.Damaged when a part is missing; it stays unchanged
     * @throws LedgerException when it cannot be opened
     */
    Ledger open() throws LedgerException;

    /**
     * Opens an existing ledger for reading.
     *
     * @throws LedgerException.Missing when there is none
     * @throws LedgerException.Foreign when it belongs to another program
     * @throws LedgerException.Damaged when a part is missing
     */
    LedgerReader read() throws LedgerException;
}
