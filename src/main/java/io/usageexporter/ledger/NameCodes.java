package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Short codes that stand for names in events, since most of an event's row would be the same few names. Later names than
 * the first {@value #MAX} have none, so that random ones do not fill memory. Not thread-safe.
 */
final class NameCodes implements AutoCloseable {
    /** What a reader selects in place of a column that may hold a code. */
    static final String DECODED = "coalesce((SELECT text FROM name WHERE code = event.%1$s), event.%1$s)";

    private static final int MAX = 4096;
    private static final int RADIX = 36;
    private static final char MARK = '\u0001';

    /** A shorter name would hardly be longer than its code. */
    private static final int MIN_LENGTH = 4;

    private final Map<String, String> codes = new HashMap<>();
    private final List<String> uncommitted = new ArrayList<>();
    private final LastingStatement insert;

    NameCodes(Connection connection) throws SQLException {
        insert = new LastingStatement(connection, "INSERT INTO name VALUES (?,?,?)");
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT text, code FROM name")) {
            while (row.next()) {
                codes.put(row.getString(1), row.getString(2));
            }
        }
    }

    /** What to store for a name; may give it a code, in the current transaction. */
    String encode(String name) throws SQLException {
        String code = codes.get(name);
        if (code != null || name.length() < MIN_LENGTH || codes.size() >= MAX) {
            return code == null ? name : code;
        }
        String added = MARK + Integer.toString(codes.size() + 1, RADIX);
        PreparedStatement row = insert.get();
        CheckedRows.bind(row, added, name);
        row.executeUpdate();
        codes.put(name, added);
        uncommitted.add(name);
        return added;
    }

    /** The last transaction was committed. */
    void committed() {
        uncommitted.clear();
    }

    /** The last transaction was rolled back. */
    void rolledBack() {
        codes.keySet().removeAll(uncommitted);
        uncommitted.clear();
    }

    @Override
    public void close() throws SQLException {
        insert.close();
    }
}
