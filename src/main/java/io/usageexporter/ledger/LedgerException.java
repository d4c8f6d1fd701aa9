package io.usageexporter.ledger;

/** The ledger could not be opened, read or written. The message names the file and a remedy. */
public class LedgerException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message names the file and a remedy */
    public LedgerException(String message) {
        super(message);
    }

    /** @param message names the file and a remedy */
    public LedgerException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Another process owns the file. */
    public static final class InUse extends LedgerException {
        private static final long serialVersionUID = 1L;

        InUse(String message) {
            super(message);
        }
    }

    /** Whether a commit took place is not known yet. */
    public static final class InDoubt extends LedgerException {
        private static final long serialVersionUID = 1L;

        InDoubt(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** There is no ledger at this path. */
    public static final class Missing extends LedgerException {
        private static final long serialVersionUID = 1L;

        Missing(String message) {
            super(message);
        }
    }

    /** The file belongs to another program. */
    public static final class Foreign extends LedgerException {
        private static final long serialVersionUID = 1L;

        Foreign(String message) {
            super(message);
        }
    }

    /** Parts of the ledger are missing or altered. */
    public static final class Damaged extends LedgerException {
        private static final long serialVersionUID = 1L;

        Damaged(String message) {
            super(message);
        }

        Damaged(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
