package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells a ledger from other files, and a whole one from one that lacks a part, before anything writes to it. A part that
 * is missing is told by the {@link Mark}, and by what each commit leaves in table {@code log}: its own number, and that of
 * the commit before the first one in the log. Of the file without its log, the last commit must be one of those between.
 */
final class Inspection {
    /** How often a reader looks, since a file that is being written changes between two looks. */
    private static final int LOOKS = 3;

    /** Tables that the very first version had. */
    private static final String OUR_TABLES = "SELECT count(*) = 4 FROM sqlite_schema WHERE type = 'table'"
            + " AND name IN ('event', 'series_total', 'day_total', 'source_total')";

    private final LedgerFile file;
    private final Header header;
    private final boolean hasLog;

    private Inspection(LedgerFile file, Header header) throws IOException {
        this.file = file;
        this.header = header;
        this.hasLog = LedgerFile.size(file.log()) > 0;
    }

    /** Refuses a log whose file is gone: SQLite would delete it. */
    static void refuseLogAlone(LedgerFile file) throws IOException, LedgerException {
        if (LedgerFile.size(file.main()) == 0 && LedgerFile.size(file.log()) > 0) {
            throw new LedgerException.Damaged("ledger " + file.given() + " is missing, but its log, " + file.log()
                    + ", is there: put the file back from where it was moved to or from a copy, or move the log away"
                    + " to begin a new ledger without what it holds");
        }
    }

    /** Refuses what is no ledger, or not whole; the file is not in use. */
    static void check(LedgerFile file, Header header) throws IOException, LedgerException {
        try {
            new Inspection(file, header).check();
        } catch (SQLException e) {
            throw LedgerTrouble.of(file.given(), "opened", e);
        }
    }

    /** Likewise, of a file that perhaps is. */
    static void checkBesideOwner(LedgerFile file, HeaderSource headers) throws IOException, LedgerException {
        for (int look = 1; ; look++) {
            try {
                check(file, headers.read());
                return;
            } catch (LedgerException.Damaged e) {
                if (look == LOOKS) {
                    throw e;
                }
            }
        }
    }

    /** Reads the header once more. */
    interface HeaderSource {
        Header read() throws IOException;
    }

    private void check() throws IOException, SQLException, LedgerException {
        if (!header.isDatabase() || (header.application() != 0 && header.application() != Header.APPLICATION)) {
            throw foreign(header.isDatabase() ? "another program's database" : "not an SQLite database");
        }
        boolean marked = header.application() == Header.APPLICATION;
        if (marked && LedgerFile.size(file.journal()) > 0) {
            return; // it was being made when the process died; SQLite undoes what there is
        }
        if (!marked && !hasLog && (header.version() < 1 || header.version() > SqliteDatabase.VERSION)) {
            throw foreign(header.version() == 0 ? "a database without a ledger in it" : "another program's database");
        }
        boolean hadIndex = LedgerFile.size(file.index()) > 0;
        boolean fine = false;
        try {
            Long written = hasLog ? writtenWithoutLog() : null;
            try (Connection connection =
                    hasLog ? SqliteDatabase.openReadOnly(file) : SqliteDatabase.openImmutable(file)) {
                checkApplication(connection);
                checkMark(connection);
                if (written != null && LogTable.exists(connection)) {
                    checkPair(connection, written);
                }
            }
            fine = true;
        } finally {
            if (!fine && !hadIndex) {
                Files.deleteIfExists(file.index());
            }
        }
    }

    private void checkApplication(Connection connection) throws SQLException, LedgerException {
        int application = SqliteDatabase.integer(connection, "PRAGMA application_id");
        int version = SqliteDatabase.version(connection);
        boolean ours = application == Header.APPLICATION || (application == 0 && version > 0);
        if (!ours || SqliteDatabase.integer(connection, OUR_TABLES) == 0) {
            if (header.application() == Header.APPLICATION) {
                throw new LedgerException.Damaged("ledger " + file.given() + " is damaged: it lacks its tables");
            }
            throw foreign("another program's database");
        }
    }

    private void checkMark(Connection connection) throws SQLException, LedgerException {
        Mark mark = header.mark();
        if (header.application() != Header.APPLICATION || mark == null) {
            return;
        }
        long events = EventTable.lastNumber(connection);
        if (events < mark.events()) {
            throw new LedgerException.Damaged(String.format(
                    Locale.ROOT,
                    "ledger %s lacks events: %d of %d are there; %s",
                    file.given(),
                    events,
                    mark.events(),
                    hasLog
                            ? "its log, " + file.log() + ", is damaged or of another moment"
                            : "its log, " + file.log()
                                    + ", is missing: copy both together, or stop the exporter first"));
        }
    }

    /** The commit up to which the file alone holds everything; null for a file of an earlier version. */
    private @Nullable Long writtenWithoutLog() throws SQLException {
        try (Connection connection = SqliteDatabase.openImmutable(file)) {
            // The process may have died while the log was written back: the first page is, the last is not.
            SqliteDatabase.execute(connection, "PRAGMA writable_schema = ON");
            return LogTable.exists(connection) ? LogTable.read(connection).written() : null;
        }
    }

    private void checkPair(Connection connection, long written) throws SQLException, LedgerException {
        LogTable.Row together = LogTable.read(connection);
        if (written < together.base() || written > together.written()) {
            throw new LedgerException.Damaged("ledger " + file.given() + " and its log, " + file.log()
                    + ", are of two moments: copy both together, or stop the exporter first");
        }
    }

    private LedgerException foreign(String what) {
        return new LedgerException.Foreign(
                file.given() + " is not a ledger but " + what + "; choose another file with --storage.path");
    }
}
