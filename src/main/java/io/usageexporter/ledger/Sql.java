package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConnection;

/** Runs statements without parameters, on SQLite and PostgreSQL alike. */
final class Sql {
    private Sql() {}

    /** Whether it is SQLite's, where parts of the ledger are kept in fewer bytes. */
    static boolean isSqlite(Connection connection) throws SQLException {
        return connection.isWrapperFor(SQLiteConnection.class);
    }

    /** Runs a statement without rows. */
    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first field of the first row, which must exist. */
    static int integer(Connection connection, String sql) throws SQLException {
        return (int) number(connection, sql);
    }

    /** The first field of the first row, which must exist. */
    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The first field of the first row, which must exist. */
    static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
