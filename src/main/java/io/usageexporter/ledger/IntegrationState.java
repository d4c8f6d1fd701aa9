package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The rows of table {@code integration_state}. */
final class IntegrationState {
    private IntegrationState() {}

    static Map<String, String> read(Connection connection, String provider) throws SQLException {
        var state = new HashMap<String, String>();
        try (var statement =
                connection.prepareStatement("SELECT key, value FROM integration_state WHERE provider = ?")) {
            statement.setString(1, provider);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    state.put(row.getString(1), row.getString(2));
                }
            }
        }
        return state;
    }

    static void insert(Connection connection, String provider, String key, String value) throws SQLException {
        insert(connection, CheckedRows.insertIfAbsent("integration_state"), provider, key, value);
    }

    static void replace(Connection connection, String provider, String key, String value) throws SQLException {
        insert(connection, CheckedRows.upsert("integration_state"), provider, key, value);
    }

    static void delete(Connection connection, String provider, String key) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM integration_state WHERE provider = ? AND key = ?")) {
            delete.setString(1, provider);
            delete.setString(2, key);
            delete.executeUpdate();
        }
    }

    private static void insert(Connection connection, String sql, String provider, String key, String value)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            CheckedRows.bind(insert, provider, key, value);
            insert.executeUpdate();
        }
    }
}
