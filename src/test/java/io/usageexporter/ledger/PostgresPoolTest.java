package io.usageexporter.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageexporter.testing.Certificates;
import io.usageexporter.testing.PgBouncer;
import io.usageexporter.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to a real PostgreSQL, and what is said when there are none. */
class PostgresPoolTest {
    private static final String PASSWORD = "password=" + PostgresServer.PASSWORD;

    @TempDir
    Path folder;

    @Test
    void transactionsAreCommittedAndOthersRolledBack() throws Exception {
        try (var pool = pool(PostgresServer.shared().newDatabase())) {
            insert(pool, 1, true);
            insert(pool, 2, false);

            assertThat(query(pool, "SELECT sum(x) FROM t")).isEqualTo("1");
            assertThat(query(pool, "SHOW application_name")).isEqualTo("usage-exporter");
        }
    }

    @Test
    void worksThroughPgBouncerWhoseTransactionsChangeConnections() throws Exception {
        PostgresServer server = PostgresServer.shared();
        String url = server.newDatabase();
        try (var bouncer = new PgBouncer(server, "default_pool_size=2");
                var pool = pool(bouncer.through(url))) {
            insert(pool, 0, true);
            for (int round = 0; round < 10; round++) {
                var connections = new ArrayList<Connection>();
                for (int i = 0; i < PostgresPool.MAX_CONNECTIONS; i++) {
                    connections.add(pool.connection());
                }
                for (Connection connection : connections) {
                    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
                        insert.setInt(1, 1);
                        insert.executeUpdate();
                    }
                    connection.commit();
                    connection.close();
                }
            }

            assertThat(query(pool, "SELECT sum(x) FROM t")).isEqualTo("" + 10 * PostgresPool.MAX_CONNECTIONS);
        }
    }

    @Test
    void passwordFileIsReadAnewForEachConnection() throws Exception {
        PostgresServer server = PostgresServer.shared();
        String url = server.newDatabase();
        server.execute("DROP ROLE IF EXISTS rotated");
        server.execute("CREATE ROLE rotated LOGIN PASSWORD 'first'");
        Path file = Files.writeString(folder.resolve("secret"), "first\n");
        String withFile =
                url.replace("user=" + PostgresServer.USER, "user=rotated").replace(PASSWORD, "passwordFile=" + file);
        try (var pool = pool(withFile);
                Connection held = pool.connection()) {
            server.execute("ALTER ROLE rotated PASSWORD 'second'");
            Files.writeString(file, "second\n");

            assertThat(query(pool, "SELECT session_user")).isEqualTo("rotated");
            assertThat(held.isValid(1)).isTrue();

            Files.delete(file);

            assertThatThrownBy(() -> PostgresUrl.of(withFile, Map.of()))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("the password file " + file + " cannot be read by this user");
        }
    }

    @Test
    void connectionsComeBackWithTheServer() throws Exception {
        try (var server = new PostgresServer().start();
                var pool = pool(server.newDatabase())) {
            insert(pool, 1, true);
            server.kill();

            // At first, it may be the end of the connection that is reported.
            await().untilAsserted(() -> assertThat(failure(pool))
                    .startsWith("ledger " + pool.url() + " cannot be opened: PostgreSQL at 127.0.0.1:" + server.port()
                            + " cannot be reached; check that it runs, and host and port ("));

            server.start();

            await().until(() -> query(pool, "SELECT sum(x) FROM t").equals("1"));

            server.freeze();

            assertThat(failure(pool)).contains(" does not answer in time; ").endsWith("recording resumes by itself");

            server.thaw();
        }
    }

    @Test
    void busyPoolSaysSo() throws Exception {
        try (var pool = pool(PostgresServer.shared().newDatabase())) {
            for (int i = 0; i < PostgresPool.MAX_CONNECTIONS; i++) {
                assertThat(pool.connection().isClosed()).isFalse();
            }

            assertThat(failure(pool)).contains(": PostgreSQL is slow, and all connections of this exporter are in use");
        }
    }

    @Test
    void serverThatNeverAnsweredSaysSo() throws Exception {
        try (var server = new PostgresServer().start()) {
            String url = server.newDatabase();
            server.freeze();

            assertThat(failure(url)).contains(" does not answer in time; ");
        }
    }

    @Test
    void pgBouncerWithoutServerSaysSo() throws Exception {
        try (var server = new PostgresServer().start();
                var bouncer = new PgBouncer(server);
                var pool = pool(bouncer.through(server.newDatabase()))) {
            insert(pool, 1, true);
            server.kill();

            await().untilAsserted(() -> assertThat(failure(pool))
                    .contains("the pooler at " + pool.url().server()
                            + " has no connection; check it, and that PostgreSQL runs behind it ("));

            server.start();

            await().until(() -> query(pool, "SELECT sum(x) FROM t").equals("1"));
        }
    }

    @Test
    void serverWithoutConnectionsSaysSo() throws Exception {
        try (var server = new PostgresServer("max_connections=5", "superuser_reserved_connections=1").start()) {
            String url = server.newDatabase();
            var held = new ArrayList<Connection>();
            try (var pool = pool(url)) {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < PostgresPool.MAX_CONNECTIONS; i++) {
                                held.add(pool.connection());
                            }
                        })
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                failure -> assertThat(PostgresErrors.of(pool.url(), "opened", failure))
                                        .hasMessageContaining(
                                                "PostgreSQL takes no more connections; raise its max_connections"));

                for (Connection each : held) {
                    each.close();
                }
                await().until(() -> query(pool, "SELECT 1").equals("1"));
            }
        }
    }

    @Test
    void wrongPasswordUserAndDatabaseAreNamed() throws Exception {
        String url = PostgresServer.shared().newDatabase();
        String database = PostgresServer.database(url);

        assertThat(failure(url.replace(PASSWORD, "password=hunter2")))
                .startsWith("ledger " + url.replace(PASSWORD, "password=***") + " cannot be opened: ")
                .contains("PostgreSQL refuses the password of the user exporter; give another")
                .doesNotContain("hunter2");
        assertThat(failure(url.replace("&" + PASSWORD, ""))).contains("no password was provided");
        assertThat(failure(url.replace(database, "nowhere")))
                .endsWith("PostgreSQL has no database nowhere; create it: CREATE DATABASE nowhere OWNER exporter");
        assertThat(failure("jdbc:postgresql://nowhere.invalid/ledger"))
                .endsWith("there is no host nowhere.invalid:5432; check the host in --storage.url");
    }

    @Test
    void whatUsersMayNotDoIsNamed() throws Exception {
        PostgresServer server = PostgresServer.shared();
        String url = server.newDatabase();
        try (var pool = pool(url)) {
            String database = PostgresServer.database(url);
            server.execute(database, "CREATE TABLE forbidden (x int)");

            assertThat(failure(pool, "SELECT * FROM forbidden"))
                    .contains("the user exporter lacks a permission; make it the owner of the database, or grant it"
                            + " (ERROR: permission denied for table forbidden)");
            assertThat(failure(pool, "SELECT * FROM missing")).contains("its tables are missing or altered; ");
            assertThat(failure(pool, "SET LOCAL statement_timeout = 1; SELECT pg_sleep(10)"))
                    .contains("PostgreSQL did not finish in time; ");
        }
    }

    @Test
    void connectionToAServerThatCanOnlyBeReadIsReplaced() throws Exception {
        String url = PostgresServer.shared().newDatabase();
        try (var pool = pool(url)) {
            String before = query(pool, "SELECT pg_backend_pid()");

            assertThat(failure(pool, "SET TRANSACTION READ ONLY; CREATE TABLE t (x int)"))
                    .contains("PostgreSQL can only be read, like a standby; give --storage.url the primary");
            assertThat(query(pool, "SELECT pg_backend_pid()")).isNotEqualTo(before);
        }
    }

    @Test
    void primaryIsFoundAmongSeveralHosts() throws Exception {
        try (var primary = new PostgresServer().start();
                PostgresServer standby = primary.standby().start()) {
            String url = primary.newDatabase()
                    .replace(":" + primary.port(), ":" + standby.port() + ",127.0.0.1:" + primary.port());
            try (var pool = pool(url)) {
                insert(pool, 1, true);
                primary.kill();
                standby.promote();

                await().until(() -> query(pool, "SELECT sum(x) FROM t").equals("1"));
                insert(pool, 2, true);
            }
        }
    }

    @Test
    void tlsIsVerified() throws Exception {
        var certificates =
                new Certificates(folder).authority("ca").authority("other").issued("server", "ca", "IP:127.0.0.1");
        try (var server = new PostgresServer().useTls(certificates, "server").start()) {
            String url = server.newDatabase();
            Path authority = certificates.path("ca.crt");
            try (var pool = new PostgresPool(
                    PostgresUrl.of(url, Map.of("PGSSLMODE", "verify-full", "PGSSLROOTCERT", authority.toString())))) {
                assertThat(query(pool, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                        .isEqualTo("t");
            }

            assertThat(failure(url + "&sslmode=verify-full&sslrootcert=" + certificates.path("other.crt")))
                    .contains("TLS to 127.0.0.1:" + server.port() + " fails; check sslmode and sslrootcert");
        }
    }

    @Test
    void tlsThatTheServerDoesNotHaveIsNamed() throws Exception {
        String url = PostgresServer.shared().newDatabase();

        assertThat(failure(url + "&sslmode=require"))
                .contains("refuses the connection (The server does not support SSL.)");
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions();
    }

    private static PostgresPool pool(String url) throws LedgerException {
        return new PostgresPool(PostgresUrl.of(url, Map.of()));
    }

    private static void insert(PostgresPool pool, int value, boolean commit) throws SQLException {
        try (Connection connection = pool.connection();
                Statement statement = connection.createStatement()) {
            for (String sql : List.of("CREATE TABLE IF NOT EXISTS t (x int)", "INSERT INTO t VALUES (" + value + ")")) {
                statement.execute(sql);
            }
            if (commit) {
                connection.commit();
            }
        }
    }

    private static String query(PostgresPool pool, String sql) throws SQLException {
        try (Connection connection = pool.connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    private static String failure(String url) throws LedgerException {
        try (var pool = pool(url)) {
            return failure(pool);
        }
    }

    private static String failure(PostgresPool pool) {
        return failure(pool, "SELECT 1");
    }

    /** What users read when a statement fails. */
    private static String failure(PostgresPool pool, String sql) {
        try (Connection connection = pool.connection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            throw new AssertionError("nothing failed");
        } catch (SQLException e) {
            return String.valueOf(pool.failure("opened", e).getMessage());
        }
    }
}
