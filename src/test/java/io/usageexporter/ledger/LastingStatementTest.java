package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastingStatementTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void executesAgainOnceTheFullDiskHasRoom() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"))) {
            Sql.execute(connection, "CREATE TABLE t (content BLOB)");
            Sql.execute(connection, "PRAGMA max_page_count = 4");
            try (var insert = new LastingStatement(connection, "INSERT INTO t VALUES (?)")) {
                assertThatThrownBy(() -> insert(insert, 100_000)).hasMessageContaining("SQLITE_FULL");
                Sql.execute(connection, "PRAGMA max_page_count = 1000");

                insert(insert, 100_000);
                insert(insert, 1);
            }
            assertThat(Sql.integer(connection, "SELECT count(*) FROM t")).isEqualTo(2);
        }
    }

    private static void insert(LastingStatement insert, int bytes) throws SQLException {
        insert.get().setBytes(1, new byte[bytes]);
        insert.get().executeUpdate();
    }
}
