package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What may be done with a ledger: in a file its {@code application_id}, in PostgreSQL a word in table {@code head}. */
enum LedgerState {
    /** Exporters may write it. */
    OPEN(0x75657870, "there is a ledger at %s already; choose a new file, or an empty database"),

    /** It is being filled with what another ledger holds. */
    UNFINISHED(
            0x75657875,
            "ledger %s is incomplete, since the command that copies another one to it did not end; repeat that command,"
                    + " or remove this ledger"),

    /** Another ledger goes on where it ends. */
    MOVED(
            0x7565786d,
            "ledger %s has moved, and can only be read; use the one that migrate made of it, or restore a copy of this one");

    /** Begins with "uex" in ASCII. */
    final int application;

    private final String refusal;

    LedgerState(int application, String refusal) {
        this.application = application;
        this.refusal = refusal;
    }

    /** The state for which this {@code application_id} stands; null if it is not that of a ledger. */
    static @Nullable LedgerState of(int application) {
        for (LedgerState state : values()) {
            if (state.application == application) {
                return state;
            }
        }
        return null;
    }

    /** The state of a ledger. */
    static LedgerState of(Connection connection) throws SQLException {
        if (!Sql.isSqlite(connection)) {
            return of(Sql.text(connection, "SELECT state FROM head"));
        }
        LedgerState state = of(Sql.integer(connection, "PRAGMA application_id"));
        return state == null ? OPEN : state; // of an early version
    }

    static LedgerState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Stores it, in the current transaction. */
    void store(Connection connection) throws SQLException {
        Sql.execute(
                connection,
                Sql.isSqlite(connection)
                        ? "PRAGMA application_id = " + application
                        : "UPDATE head SET state = '" + name().toLowerCase(Locale.ROOT) + "'");
    }

    /** Why a ledger in this state is not used. */
    LedgerException refusal(Object ledger) {
        return new LedgerException(refusal.formatted(ledger));
    }

    /** Fails unless exporters may write the ledger. */
    void requireOpen(Object ledger) throws LedgerException {
        if (this != OPEN) {
            throw refusal(ledger);
        }
    }
}
