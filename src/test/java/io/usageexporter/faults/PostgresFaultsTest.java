package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.PgBouncer;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Exporters whose PostgreSQL fails in all sorts of ways: events are refused with the time to retry, {@code /-/ready} says why,
 * recording goes on by itself, and nothing acknowledged is lost.
 */
class PostgresFaultsTest {
    private static final String NOW = "2026-11-24T09:15:00Z";
    private static final String RECORDED =
            "api_usage_requests_total{category=\"recommendations\",model=\"\",provider=\"anthropic\"}";

    private static PostgresServer server;

    private final LogCapture logged = new LogCapture();
    private String url = "";

    @BeforeAll
    static void start() throws Exception {
        server = new PostgresServer().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void create() throws Exception {
        url = server.newDatabase();
    }

    /** No connection is left behind. */
    @AfterEach
    void count() throws Exception {
        logged.close();
        awaiting().untilAsserted(() -> assertThat(connections()).isZero());
    }

    private long connections() throws Exception {
        try (var connection = server.connection("postgres");
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE datname = '"
                        + PostgresServer.database(url) + "'")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static TestExporter open(String url) throws Exception {
        return new TestExporter(LedgerAddress.of(url), null, null, new SettableClock(NOW));
    }

    private static ConditionFactory awaiting() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    private static void awaitReady(TestExporter exporter) {
        awaiting()
                .untilAsserted(
                        () -> assertThat(exporter.http().get("/-/ready").body()).isEqualTo("ready\n"));
    }

    /** Waits until it is ready, and checks that each of so many events counts once. */
    private void check(TestExporter exporter, int events) throws Exception {
        awaiting()
                .untilAsserted(
                        () -> assertThat(exporter.http().get("/-/ready").body()).isEqualTo("ready\n"));
        for (int i = 1; i <= events; i++) {
            assertThat(exporter.record(Events.withId("e" + i)).statusCode()).isEqualTo(200);
        }
        assertThat(exporter.record(Events.withId("e1")).body()).contains("\"duplicates\":1");
        assertThat(exporter.metric(RECORDED)).isEqualByComparingTo(BigDecimal.valueOf(events));
        assertThat(exporter.metric("usage_exporter_ledger_writable")).isEqualByComparingTo("1");
        try (LedgerReader reader = LedgerAddress.of(url).read()) {
            assertThat(reader.verify()).isEqualTo(new Verification(events, List.of()));
        }
    }

    private static void record(TestExporter exporter, String id) {
        assertThat(exporter.record(Events.withId(id)).body()).contains("\"recorded\":1");
    }

    /** Waits until it is not ready for this reason, refuses events, and still shows what it knows. */
    private static void awaitRefused(TestExporter exporter, String reason) {
        awaiting().untilAsserted(() -> {
            HttpResponse<String> ready = exporter.http().get("/-/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(detail(ready)).contains(reason);
        });
        HttpResponse<String> refused = exporter.record(Events.withId("e2"));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(detail(refused)).isEqualTo("the ledger cannot be written; nothing was recorded, retry after 1 s");
        assertThat(exporter.metric(RECORDED)).isEqualByComparingTo("1");
        assertThat(exporter.metric("usage_exporter_ledger_writable")).isEqualByComparingTo("0");
    }

    private static String detail(HttpResponse<String> response) {
        JsonNode detail = TestExporter.json(response.body()).path("detail");
        return detail.asText();
    }

    private void endConnections() throws Exception {
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                + PostgresServer.database(url) + "'");
    }

    @Test
    void serverThatIsStartedAfterTheExporterIsWaitedFor() throws Exception {
        server.stopFast();
        var started = CompletableFuture.supplyAsync(() -> {
            try {
                return open(url);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        awaiting()
                .until(() -> logged.warnings().stream()
                        .anyMatch(message ->
                                message.startsWith("WARNING waiting up to 30 seconds for the ledger: ledger jdbc:")
                                        && message.contains("cannot be reached; check that it runs")));
        server.start();

        try (TestExporter exporter = started.join()) {
            record(exporter, "e1");
            check(exporter, 1);
        }
    }

    @Test
    void serverThatStopsOrFailsIsWaitedFor() throws Exception {
        try (TestExporter exporter = open(url)) {
            record(exporter, "e1");
            server.stopFast();
            awaitRefused(exporter, "cannot be reached; check that it runs");
            server.start();
            check(exporter, 2);
            server.kill();
            server.start();
            check(exporter, 3);
        }
    }

    @Test
    void connectionsThatEndAreReplaced() throws Exception {
        try (TestExporter exporter = open(url)) {
            record(exporter, "e1");
            for (int i = 0; i < 5; i++) {
                endConnections();
                check(exporter, 2);
            }
        }
    }

    @Test
    void frozenServerHoldsUpEventsButNotReadinessOrMetrics() throws Exception {
        try (TestExporter exporter = open(url)) {
            record(exporter, "e1");
            server.freeze();
            List<CompletableFuture<HttpResponse<String>>> waiting;
            try {
                waiting = Stream.of("e2", "e3")
                        .map(id -> CompletableFuture.supplyAsync(() -> exporter.record(Events.withId(id))))
                        .toList();
                long start = System.nanoTime();
                HttpResponse<String> ready = exporter.http().get("/-/ready");

                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(detail(ready)).isEqualTo("the ledger does not answer within two seconds");
                assertThat(exporter.metric(RECORDED)).isEqualByComparingTo("1");
                assertThat(System.nanoTime() - start)
                        .isLessThan(Duration.ofSeconds(10).toNanos());
            } finally {
                server.thaw();
            }

            waiting.forEach(response -> assertThat(response.join().statusCode()).isEqualTo(200));
            check(exporter, 3);
        }
    }

    @Test
    void serverWithoutConnectionsRefusesEventsUntilItHasSome() throws Exception {
        try (TestExporter exporter = open(url)) {
            record(exporter, "e1");
            server.execute("ALTER DATABASE " + PostgresServer.database(url) + " CONNECTION LIMIT 0");
            endConnections();
            awaitRefused(exporter, "PostgreSQL takes no more connections; raise its max_connections, or close others");
            server.execute("ALTER DATABASE " + PostgresServer.database(url) + " CONNECTION LIMIT -1");
            check(exporter, 2);
        }
    }

    @Test
    void serverThatCanOnlyBeReadRefusesEventsUntilItCanBeWritten() throws Exception {
        try (TestExporter exporter = open(url)) {
            record(exporter, "e1");
            server.execute(
                    "ALTER DATABASE " + PostgresServer.database(url) + " SET default_transaction_read_only = on");
            endConnections();
            awaitRefused(exporter, "PostgreSQL can only be read, like a standby");
            server.execute("ALTER DATABASE " + PostgresServer.database(url) + " RESET default_transaction_read_only");
            check(exporter, 2);
        }
    }

    @Test
    void fullDiskRefusesEventsUntilThereIsRoom() throws Exception {
        var events = IntStream.range(0, 20_000).mapToObj(i -> Events.withId("many" + i));
        try (var small = new PostgresServer().startWithSmallDisk("32m");
                TestExporter exporter = open(small.newDatabaseOnSmallDisk())) {
            record(exporter, "e1");
            small.fillDisk();

            HttpResponse<String> refused = exporter.record(events.collect(Collectors.joining(",", "[", "]")));

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(logged.warnings().get(0))
                    .contains("the disk of PostgreSQL is full; free some space, and recording resumes by itself");

            small.freeDisk();

            awaitReady(exporter);
            assertThat(exporter.record(Events.withId("e1")).body()).contains("\"duplicates\":1");
            record(exporter, "many0");
        }
    }

    @Test
    void exportersBehindAPoolerThatMixesTransactionsShareTheLedger() throws Exception {
        try (var bouncer = new PgBouncer(server, "default_pool_size=2");
                TestExporter one = open(bouncer.through(url));
                TestExporter other = open(bouncer.through(url))) {
            record(one, "e1");
            record(other, "e2");
            endConnections();
            check(one, 3);
            check(other, 3);
            assertThat(other.http().send("DELETE", "/api/usage/e2").statusCode())
                    .isEqualTo(200);
            awaiting().until(() -> one.usage().equals(other.usage()));
        }
    }
}
