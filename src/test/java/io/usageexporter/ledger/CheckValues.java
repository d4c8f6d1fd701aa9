package io.usageexporter.ledger;

import java.sql.Connection;
import java.sql.SQLException;

/** For tests that change a ledger as only damage or another program would. */
public final class CheckValues {
    private CheckValues() {}

    /** Makes rows that were changed or added by SQL look as if the exporter had written them. */
    public static void renew(Connection connection) throws SQLException {
        CheckedRows.addFunction(connection);
        CheckedRows.fill(connection);
    }
}
