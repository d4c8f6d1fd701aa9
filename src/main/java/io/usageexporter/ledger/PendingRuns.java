package io.usageexporter.ledger;

import io.usageexporter.event.PendingRun;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of table {@code pending_run}. */
final class PendingRuns {
    private PendingRuns() {}

    static List<PendingRun> all(Connection connection) throws SQLException {
        var runs = new ArrayList<PendingRun>();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, category FROM pending_run")) {
            while (row.next()) {
                runs.add(new PendingRun(row.getString(1), row.getString(2)));
            }
        }
        return runs;
    }

    /** Gives what is to be done after the commit: nothing. */
    static Runnable insert(Connection connection, PendingRun run) throws SQLException {
        return change(connection, "INSERT OR IGNORE INTO pending_run VALUES (?,?)", run.id(), run.category());
    }

    /** Likewise. */
    static Runnable delete(Connection connection, String id) throws SQLException {
        return change(connection, "DELETE FROM pending_run WHERE id = ?", id);
    }

    private static Runnable change(Connection connection, String sql, @Nullable String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
        return () -> {};
    }
}
