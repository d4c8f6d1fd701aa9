package io.usageexporter.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Distinguishes a complete ledger from an incomplete one and from other files before anything writes to it. A missing
 * part shows in the {@link Mark} and in table {@code log}, where each commit leaves its own number and that of the commit
 * before the first one in the log. The last commit of the file without its log must lie between the two.
 */
final class Inspection {
    /** How often a reader tries, since a file that is being written may change during an attempt. */
    private static final int ATTEMPTS = 3;

    /** Counts tables that exist since the first version. */
    private static final String OUR_TABLES = "SELECT count(*) = 4 FROM sqlite_schema WHERE type = 'table'"
            + " AND name IN ('event', 'series_total', 'day_total', 'source_total')";

    /** Enough for tens of megabytes; a start must not take longer the larger the ledger is. */
    private static final Duration STRUCTURE_LIMIT = Duration.ofMillis(100);

    /** The states of ledgers that can be read. */
    private static final Set<LedgerState> READABLE = EnumSet.of(LedgerState.OPEN, LedgerState.MOVED);

    private static final Duration UNLIMITED = Duration.ofDays(1);

    private final LedgerFile file;
    private final Header header;
    private final Duration structureLimit;
    private final Set<LedgerState> accepted;
    private final boolean hasLog;

    /** Whether the file cannot be read without its log. */
    private boolean isTorn;

    private Inspection(LedgerFile file, Header header, Duration structureLimit, Set<LedgerState> accepted)
            throws IOException {
        this.file = file;
        this.header = header;
        this.structureLimit = structureLimit;
        this.accepted = accepted;
        this.hasLog = LedgerFile.size(file.log()) > 0;
    }

    /** Rejects a log whose main file is missing, which SQLite would delete. */
    static void rejectOrphanedLog(LedgerFile file) throws IOException, LedgerException {
        if (LedgerFile.size(file.main()) == 0 && LedgerFile.size(file.log()) > 0) {
            throw new LedgerException.Damaged("ledger " + file.given() + " is missing, but its log, " + file.log()
                    + ", exists: restore the file, or move the log away to start an empty ledger");
        }
    }

    /** Rejects a file that is not a complete ledger with a sound structure. The file must not be in use. */
    static void check(LedgerFile file, Header header, Set<LedgerState> accepted) throws IOException, LedgerException {
        check(file, header, STRUCTURE_LIMIT, accepted);
    }

    private static void check(LedgerFile file, Header header, Duration structureLimit, Set<LedgerState> accepted)
            throws IOException, LedgerException {
        try {
            new Inspection(file, header, structureLimit, accepted).check();
        } catch (SQLException e) {
            throw LedgerErrors.of(file.given(), "opened", e);
        }
    }

    /** Rejects a file that is not a complete ledger. The file may be in use. */
    static void checkWhileInUse(LedgerFile file, HeaderSource headers) throws IOException, LedgerException {
        for (int attempt = 1; ; attempt++) {
            try {
                check(file, headers.read(), Duration.ZERO, READABLE);
                return;
            } catch (LedgerException.Damaged e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Reads the current header. */
    interface HeaderSource {
        Header read() throws IOException;
    }

    private void check() throws IOException, SQLException, LedgerException {
        if (!header.isDatabase() || (header.application() != 0 && !header.isMarked())) {
            throw foreign(header.isDatabase() ? "another program's database" : "not an SQLite database");
        }
        boolean marked = header.isMarked();
        if (marked && LedgerFile.size(file.journal()) > 0) {
            return; // the process died while creating it; SQLite rolls it back
        }
        if (!marked && !hasLog && (header.version() < 1 || header.version() > SqliteDatabase.VERSION)) {
            throw foreign(header.version() == 0 ? "a database without a ledger in it" : "another program's database");
        }
        boolean hadIndex = LedgerFile.size(file.index()) > 0;
        boolean valid = false;
        try {
            Long written = hasLog ? commitOfFileAlone() : null;
            try (Connection connection =
                    hasLog ? SqliteDatabase.openReadOnly(file) : SqliteDatabase.openImmutable(file)) {
                checkApplication(connection);
                checkMark(connection);
                if (written != null && LogTable.exists(connection)) {
                    checkPair(connection, written);
                }
                checkStructure(connection, isTorn ? UNLIMITED : structureLimit);
                if (!structureLimit.isZero() && SqliteDatabase.version(connection) == SqliteDatabase.VERSION) {
                    CheckedRows.check(connection);
                    new UndoingTable(connection).check();
                }
            }
            valid = true;
        } finally {
            if (!valid && !hadIndex) {
                Files.deleteIfExists(file.index());
            }
        }
    }

    private void checkApplication(Connection connection) throws SQLException, LedgerException {
        int application = Sql.integer(connection, "PRAGMA application_id");
        int version = SqliteDatabase.version(connection);
        boolean ours = LedgerState.of(application) != null || (application == 0 && version > 0);
        if (!ours || Sql.integer(connection, OUR_TABLES) == 0) {
            if (header.isMarked()) {
                throw new LedgerException.Damaged("ledger " + file.given() + " is damaged: it lacks its tables");
            }
            throw foreign("another program's database");
        }
        LedgerState state = LedgerState.of(connection);
        if (!accepted.contains(state)) {
            throw state.refusal(file.given());
        }
    }

    private void checkMark(Connection connection) throws SQLException, LedgerException {
        Mark mark = header.mark();
        if (!header.isMarked() || mark == null) {
            return;
        }
        long events = EventRows.lastNumber(connection);
        if (events < mark.events() || (LogTable.exists(connection) && mark.isAheadOf(LogTable.read(connection)))) {
            throw new LedgerException.Damaged(String.format(
                    Locale.ROOT,
                    "ledger %s %s; %s",
                    file.given(),
                    events < mark.events()
                            ? "lacks events: it holds " + events + " of " + mark.events()
                            : "lacks the last changes, though no events",
                    hasLog
                            ? "its log, " + file.log() + ", is damaged or from a different time"
                            : "its log, " + file.log()
                                    + ", is missing: copy both together, or stop the exporter first"));
        }
    }

    /** The last commit that the file holds without its log; null if it cannot be read, or is of an earlier version. */
    private @Nullable Long commitOfFileAlone() throws SQLException {
        try (Connection connection = SqliteDatabase.openImmutable(file)) {
            // The process may have died during a checkpoint, with the first page written but not the last.
            Sql.execute(connection, "PRAGMA writable_schema = ON");
            return LogTable.exists(connection) ? LogTable.read(connection).written() : null;
        } catch (SQLException e) {
            if (!LedgerErrors.isCorrupt(e)) {
                throw e;
            }
            // A power cut during a checkpoint may leave any part of it, all of which the log still holds.
            isTorn = true;
            return null;
        }
    }

    private void checkStructure(Connection connection, Duration limit) throws SQLException, LedgerException {
        String damage = limit.isZero() ? null : StructureCheck.run(connection, limit);
        if (damage != null) {
            throw new LedgerException.Damaged("ledger " + file.given() + " is damaged"
                    + (hasLog ? ", also together with its log, " + file.log() : "") + ": " + damage
                    + "; restore a copy, or move it away to start a new one");
        }
    }

    private void checkPair(Connection connection, long written) throws SQLException, LedgerException {
        LogTable.Row together = LogTable.read(connection);
        if (written < together.base() || written > together.written()) {
            throw new LedgerException.Damaged("ledger " + file.given() + " and its log, " + file.log()
                    + ", are from different times: copy both together, or stop the exporter first");
        }
    }

    private LedgerException foreign(String what) {
        return new LedgerException.Foreign(
                file.given() + " is not a ledger but " + what + "; choose another file with --storage.path");
    }
}
