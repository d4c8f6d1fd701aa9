package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that keep connections open, or are slow, while another one is served. */
class ConnectionLimitsIT {
    private static final String OPEN = "usage_exporter_http_connections";

    @TempDir
    Path folder;

    private final List<RawHttp> clients = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (RawHttp client : clients) {
            client.close();
        }
    }

    private RawHttp connect(JarExporter exporter) throws IOException {
        var client = new RawHttp(exporter.http().port());
        clients.add(client);
        return client;
    }

    private static int refused(JarExporter exporter, String reason) {
        return exporter.metric("usage_exporter_http_refused_total{reason=\"" + reason + "\"}")
                .intValue();
    }

    private static void assertServed(JarExporter exporter) {
        long start = System.nanoTime();
        assertThat(exporter.record(Events.RECOMMENDATION).statusCode()).isEqualTo(200);
        assertThat(exporter.http().get("/usage").statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void thousandSlowClientsDelayNobodyAndAreDisconnectedWithAReason() throws Exception {
        try (var exporter = new JarExporter(
                folder,
                Map.of(),
                ProcessRunner.jarWithHeap("64m", "--web.listen-address=127.0.0.1:0", "--web.head-timeout=8s"))) {
            for (int i = 0; i < 1000; i++) {
                RawHttp client = connect(exporter);
                switch (i % 3) {
                    case 0 -> client.write("GET /api/usage?secret=hidden HTTP/1.1\r\nHost: localhost\r\nX-Slow: hid");
                    case 1 ->
                        client.write("POST /api/usage HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                                + " application/json\r\nContent-Length: 1000\r\n\r\n{");
                    default -> client.write("G");
                }
            }
            assertServed(exporter);
            assertThat(exporter.metric(OPEN).intValue()).isGreaterThanOrEqualTo(1000);

            RawHttp.Response slow = clients.get(0).read();
            assertThat(slow.status()).isEqualTo(408);
            assertThat(slow.values("content-type")).containsExactly("application/problem+json");
            assertThat(slow.body()).contains("the headers of a request must arrive within 8.0 s (--web.head-timeout)");
            assertThat(clients.get(1).read().status()).isEqualTo(408);
            assertServed(exporter);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> refused(exporter, "slow_body") == 333
                            && exporter.metric(OPEN).intValue() < 500);
            assertThat(refused(exporter, "slow_head")).isEqualTo(667);
            assertThat(exporter.log())
                    .containsOnlyOnce(
                            "refused a request whose headers did not arrive in time (--web.head-timeout), from"
                                    + " 127.0.0.1")
                    .containsOnlyOnce("refused a request whose body arrived too slowly, from 127.0.0.1")
                    .doesNotContain("hid", "OutOfMemory");
        }
    }

    @Test
    void tenThousandConnectionsAreOpenedAndClosedAndNoneIsLeft() throws Exception {
        try (var exporter = new JarExporter(folder)) {
            int port = exporter.http().port();
            for (int i = 0; i < 10_000; i++) {
                try (var client = new RawHttp(port)) {
                    switch (i % 4) {
                        case 0 -> {}
                        case 1 -> client.get("/-/healthy").read();
                        case 2 -> client.write("GET /");
                        default -> client.reset();
                    }
                }
                if (i % 2500 == 0) {
                    assertServed(exporter);
                }
            }
            assertServed(exporter);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> exporter.metric(OPEN).intValue() < 10);
            assertThat(exporter.metric("process_files_open_files").intValue()).isLessThan(200);
            assertThat(exporter.log()).doesNotContain("level=warn", "level=error");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--web.max-connections=50, connections, too many connections are open;",
        "--web.max-connections-per-address=50, connections_per_address, too many connections are open from this address;"
    })
    void furtherConnectionsThanAllowedGetA503UntilOthersClose(String flag, String reason, String detail)
            throws Exception {
        try (var exporter = new JarExporter(folder, flag)) {
            assertServed(exporter); // whose connection stays open
            for (int i = 0; i < 49; i++) {
                connect(exporter);
            }
            Awaitility.await().until(() -> exporter.metric(OPEN).intValue() == 50);
            for (int i = 0; i < 500; i++) {
                try (RawHttp refused = connect(exporter)) {
                    if (i == 0) {
                        RawHttp.Response response = refused.get("/usage").read();
                        assertThat(response.status()).isEqualTo(503);
                        assertThat(response.body()).contains(detail);
                    }
                    assertThat(refused.isOver()).isTrue();
                }
            }
            assertServed(exporter);
            assertThat(refused(exporter, reason)).isEqualTo(500);

            clients.get(0).close();
            Awaitility.await().until(() -> exporter.metric(OPEN).intValue() == 49);
            assertThat(connect(exporter).get("/-/healthy").read().status()).isEqualTo(200);
            assertThat(exporter.log()).containsOnlyOnce("refused a connection, since");
        }
    }

    @Test
    void silentConnectionsAreClosedAfterTheIdleTimeout() throws Exception {
        try (var exporter = new JarExporter(folder, "--web.idle-timeout=1s")) {
            RawHttp neverUsed = connect(exporter);
            RawHttp used = connect(exporter).get("/-/healthy");
            assertThat(used.read().status()).isEqualTo(200);
            RawHttp uploading = connect(exporter)
                    .request("POST", "/api/usage", "Content-Type: application/json", "Content-Length: 9");

            assertThat(neverUsed.isOver()).isTrue();
            assertThat(used.isOver()).isTrue();
            assertThat(uploading.isOver()).isTrue();
            assertServed(exporter);
            Awaitility.await().until(() -> refused(exporter, "idle") >= 3);
            assertThat(exporter.log()).doesNotContain("level=warn");
        }
    }

    @Test
    void exporterWithoutFileDescriptorsLeftRecovers() throws Exception {
        var command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 300 && exec \"$@\"", "sh"));
        command.addAll(ProcessRunner.jar("--web.listen-address=127.0.0.1:0"));
        try (var exporter = new JarExporter(folder, Map.of(), command)) {
            assertServed(exporter); // whose connection stays open
            for (int i = 0; i < 400; i++) {
                connect(exporter);
            }
            // Counting the open ones takes another one.
            Awaitility.await().until(() -> !exporter.metrics().containsKey("process_files_open_files"));
            assertServed(exporter);
            close();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> exporter.metrics()
                                    .getOrDefault("process_files_open_files", BigDecimal.TEN.pow(3))
                                    .intValue()
                            < 250);
            try (var client = new RawHttp(exporter.http().port())) {
                assertThat(client.get("/-/ready").read().status()).isEqualTo(200);
            }
            assertServed(exporter);
            assertThat(refused(exporter, "descriptors")).isPositive();
            assertThat(exporter.log())
                    .containsOnlyOnce("refused connections for now, since no file descriptor is left (ulimit -n)");
            assertThat(exporter.log().lines()).as(exporter.log()).hasSizeLessThan(20);
            assertThat(exporter.terminate()).isZero();
        }
    }
}
