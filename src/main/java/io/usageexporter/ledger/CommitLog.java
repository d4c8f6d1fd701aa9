package io.usageexporter.ledger;

import io.usageexporter.totals.Totals;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;

/** What the last commits to a shared ledger changed, in table {@code commit_log}. */
record CommitLog(Connection connection) {
    /** How much longer than between two looks an exporter may be absent without reading all totals again. */
    private static final String KEPT = "interval '15 minutes'";

    private static final int PRUNED_EVERY = 100;

    /** What a commit was. */
    enum Kind {
        /** New events. */
        EVENTS,
        /** An event was undone, by which usage may have begun later. */
        UNDO,
        /** Everything of a provider was counted again. */
        RECOUNT,
        /** Nothing that shows in totals. */
        OTHER
    }

    /** Adds a commit, in its transaction. */
    void add(long number, String token, long lastNumber, Kind kind, String changes) throws SQLException {
        if (number % PRUNED_EVERY == 0) {
            prune();
        }
        try (PreparedStatement add =
                connection.prepareStatement("UPDATE head SET last_number = ?, commit_number = ?; INSERT INTO commit_log"
                        + " (number, token, last_number, kind, changes) VALUES (?, ?, ?, ?, ?)")) {
            add.setLong(1, lastNumber);
            add.setLong(2, number);
            add.setLong(3, number);
            add.setString(4, token);
            add.setLong(5, lastNumber);
            add.setString(6, kind.name().toLowerCase(Locale.ROOT));
            add.setString(7, changes);
            add.execute();
        }
    }

    /** Whether a commit is in the log. */
    boolean contains(long number, String token) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT 1 FROM commit_log WHERE number = ? AND token = ?")) {
            select.setLong(1, number);
            select.setString(2, token);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * Passes on what was committed after one commit, up to another.
     *
     * @return whether the log went back that far; if not, all totals are to be read
     */
    boolean follow(long after, long to, Ledger.Follower follower) throws SQLException, LedgerException {
        long last = after;
        boolean undone = false;
        try (PreparedStatement select = connection.prepareStatement("SELECT number, last_number, kind, changes"
                + " FROM commit_log WHERE number > ? AND number <= ? ORDER BY number")) {
            select.setLong(1, after);
            select.setLong(2, to);
            select.setFetchSize(100);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Kind kind = Kind.valueOf(row.getString(3).toUpperCase(Locale.ROOT));
                    if (row.getLong(1) != last + 1 || kind == Kind.RECOUNT) {
                        return false;
                    }
                    last++;
                    undone |= kind == Kind.UNDO;
                    Totals.Change change = ChangeCodec.decode(row.getString(4));
                    follower.changed(change, row.getLong(2));
                }
            }
        }
        if (undone) {
            follower.startsChanged();
        }
        return last == to;
    }

    /** Forgets what no exporter is waiting for. */
    private void prune() throws SQLException {
        Sql.execute(connection, "DELETE FROM commit_log WHERE at < clock_timestamp() - " + KEPT);
    }
}
