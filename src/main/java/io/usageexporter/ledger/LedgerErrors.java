package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;

/** Explains to users what went wrong with a ledger and how to fix it. */
final class LedgerErrors {
    private static final int PRIMARY_CODE = 0xff;

    private LedgerErrors() {}

    /** @param verb the failed action, as in "cannot be opened" */
    static LedgerException of(Path ledger, String verb, Exception cause) {
        String begin = "ledger " + ledger + " cannot be " + verb + ": ";
        if (cause instanceof SQLException failure) {
            int code = failure.getErrorCode() & PRIMARY_CODE;
            String message = begin + explain(ledger, failure, code);
            return isCorrupt(failure)
                    ? new LedgerException.Damaged(message, cause)
                    : new LedgerException(message, cause);
        }
        return new LedgerException(begin + explain((IOException) cause), cause);
    }

    static boolean isCorrupt(SQLException failure) {
        int code = failure.getErrorCode() & PRIMARY_CODE;
        return code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    /** SQLite's library, which is in the jar, cannot be unpacked. */
    static LedgerException libraryNotLoaded(Throwable cause) {
        String message = cause.getMessage();
        return new LedgerException(
                "SQLite's library cannot be unpacked into " + System.getProperty("org.sqlite.tmpdir", tmpdir())
                        + " and loaded from there: give java -Dorg.sqlite.tmpdir=FOLDER, a folder that exists, can be"
                        + " written and is not mounted noexec (" + (message == null ? cause : message) + ")",
                cause);
    }

    private static String tmpdir() {
        return System.getProperty("java.io.tmpdir", "the folder for temporary files");
    }

    private static String explain(Path ledger, SQLException failure, int code) {
        return switch (SQLiteErrorCode.getErrorCode(code)) {
            case SQLITE_FULL -> "the disk is full; free some space, and recording resumes by itself";
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH ->
                "this user may not write it or its folder; change the permissions or --storage.path";
            case SQLITE_CANTOPEN ->
                "this user may not read or write it or its folder, or the folder is gone; check "
                        + ledger.toAbsolutePath().getParent();
            case SQLITE_BUSY, SQLITE_LOCKED ->
                "it is locked by another program, such as a database browser; close that";
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                "it is damaged; restore a copy, or move it away to start a new one (" + message(failure) + ")";
            case SQLITE_IOERR -> "disk error (" + message(failure) + ")";
            default -> message(failure);
        };
    }

    /** In one line. SQLite quotes statements of a damaged schema, which have several. */
    private static String message(SQLException failure) {
        return String.valueOf(failure.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    }

    private static String explain(IOException failure) {
        if (failure instanceof AccessDeniedException denied) {
            return "this user has no permission for " + denied.getFile()
                    + "; change its owner or mode, or choose another place with --storage.path";
        }
        if (failure instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist; put it back, or choose another place with --storage.path";
        }
        if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
            return ((FileSystemException) failure).getFile()
                    + " is not a folder; choose another place with --storage.path";
        }
        if (failure instanceof FileSystemException other) {
            return other.getFile() + ": " + (other.getReason() == null ? "it cannot be used" : other.getReason())
                    + "; choose another place with --storage.path";
        }
        return String.valueOf(failure.getMessage());
    }
}
