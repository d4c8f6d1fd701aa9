package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which events were undone. */
record UndoingTable(Connection connection) {
    /** Selects all rows. */
    static final String SELECT = "SELECT event, at, check_value FROM undoing";

    /** Inserts a row. */
    static final String INSERT = "INSERT INTO undoing (event, at, check_value) VALUES (?,?,?)";

    /** The numbers of all of them. */
    Set<Long> read() throws SQLException {
        var numbers = new HashSet<Long>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT event FROM undoing")) {
            while (row.next()) {
                numbers.add(row.getLong(1));
            }
        }
        return numbers;
    }

    boolean contains(long event) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT 1 FROM undoing WHERE event = ?")) {
            select.setLong(1, event);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    void insert(long event, Instant at) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, event);
            insert.setLong(2, at.toEpochMilli());
            insert.setInt(3, checkValue(event, at.toEpochMilli()));
            insert.executeUpdate();
        }
    }

    /** Fails where any row is not as it was written, or is of no event. */
    void check() throws SQLException {
        var differences = new ArrayList<String>();
        verify(differences);
        if (!differences.isEmpty()) {
            throw CheckedRows.damaged(differences.get(0));
        }
    }

    /** Notes each row that is not as it was written, or is of no event. */
    void verify(List<String> differences) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT undoing.event, undoing.at, undoing.check_value, number"
                        + " FROM undoing LEFT JOIN event ON number = undoing.event AND raises IS NULL")) {
            while (row.next()) {
                long event = row.getLong(1);
                if (checkValue(event, row.getLong(2)) != row.getInt(3)) {
                    differences.add("undoing of event " + event + ": altered since it was recorded");
                }
                if (row.getLong(4) == 0) {
                    differences.add("undoing of event " + event + ": there is no such event");
                }
            }
        }
    }

    /** Stored in the ledger, so it must not change. */
    private static int checkValue(long event, long at) {
        return new CheckValue().add(event).add(at).value();
    }
}
