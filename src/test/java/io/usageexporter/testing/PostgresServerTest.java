package io.usageexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server that other tests rely on. */
class PostgresServerTest {
    @Test
    void databasesAreEmptyAndBelongToAUserWhoIsNoSuperuser() throws Exception {
        String url = PostgresServer.shared().newDatabase();

        assertThat(url).isNotEqualTo(PostgresServer.shared().newDatabase());
        assertThat(query(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isEqualTo("0");
        assertThat(query(url, "SELECT usesuper FROM pg_user WHERE usename = current_user"))
                .isEqualTo("f");
        assertThat(query(url, "CREATE TABLE t (x int); SELECT current_database()"))
                .isEqualTo(PostgresServer.database(url));
    }

    @Test
    void committedRowsOutliveStopAndKill() throws Exception {
        try (var server = new PostgresServer("fsync=on", "max_connections=20").start()) {
            String url = server.newDatabase();
            execute(url, "CREATE TABLE t (x int)");
            execute(url, "INSERT INTO t VALUES (1)");
            server.restart();
            execute(url, "INSERT INTO t VALUES (2)");
            server.kill();

            assertThatThrownBy(() -> execute(url, "SELECT 1")).isInstanceOf(SQLException.class);

            server.start();

            assertThat(query(url, "SELECT sum(x) FROM t")).isEqualTo("3");
            assertThat(query(url, "SHOW fsync")).isEqualTo("on");
            assertThat(query(url, "SHOW max_connections")).isEqualTo("20");
        }
    }

    @Test
    void frozenServerAnswersWhenItGoesOn() throws Exception {
        try (var server = new PostgresServer().start()) {
            String url = server.newDatabase();
            server.freeze();

            assertThatThrownBy(() -> execute(url + "&connectTimeout=1&socketTimeout=1&loginTimeout=1", "SELECT 1"))
                    .isInstanceOf(SQLException.class);

            server.thaw();

            assertThat(query(url, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void standbyCanBeReadAndPromoted() throws Exception {
        try (var primary = new PostgresServer().start()) {
            String database = PostgresServer.database(primary.newDatabase());
            try (PostgresServer standby = primary.standby().start()) {
                String url = standby.url(database);

                assertThat(query(url, "SELECT pg_is_in_recovery()")).isEqualTo("t");
                assertThatThrownBy(() -> execute(url, "CREATE TABLE t (x int)")).hasMessageContaining("read-only");

                primary.kill();
                standby.promote();

                execute(url, "CREATE TABLE t (x int)");
            }
        }
    }

    @Test
    void smallDiskFillsAndIsFreed() throws Exception {
        try (var server = new PostgresServer().startWithSmallDisk("32m")) {
            String url = server.newDatabaseOnSmallDisk();
            String insert = "INSERT INTO t SELECT generate_series(1, 100000)";
            execute(url, "CREATE TABLE t (x int)");
            server.fillDisk();

            assertThatThrownBy(() -> execute(url, insert))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            failure -> assertThat(failure.getSQLState()).isEqualTo("53100"));

            server.freeDisk();
            execute(url, insert);

            assertThat(query(url, "SELECT count(*) FROM t")).isEqualTo("100000");
        }
    }

    @Test
    void tlsIsVerifiedAgainstTheAuthority(@TempDir Path folder) throws Exception {
        var certificates =
                new Certificates(folder).authority("ca").authority("other").issued("server", "ca", "IP:127.0.0.1");
        try (var server = new PostgresServer().useTls(certificates, "server").start()) {
            String url = server.newDatabase() + "&sslmode=verify-full&sslrootcert=";

            assertThat(query(
                            url + certificates.path("ca.crt"),
                            "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                    .isEqualTo("t");
            assertThatThrownBy(() -> execute(url + certificates.path("other.crt"), "SELECT 1"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void transactionsThroughPgBouncerShareConnections() throws Exception {
        PostgresServer server = PostgresServer.shared();
        String direct = server.newDatabase();
        try (var bouncer = new PgBouncer(server, "default_pool_size=1")) {
            String url = bouncer.through(direct);
            String backend = "SELECT pg_backend_pid()";
            try (Connection one = DriverManager.getConnection(url);
                    Connection other = DriverManager.getConnection(url)) {
                assertThat(query(one, backend)).isEqualTo(query(other, backend)).isEqualTo(query(one, backend));
            }
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            return query(connection, sql);
        }
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            while (statement.getResultSet() == null) {
                statement.getMoreResults();
            }
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }
}
