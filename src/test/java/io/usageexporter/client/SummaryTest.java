package io.usageexporter.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    Path folder;

    @Test
    void equalsTheExportersReport() throws Exception {
        var clock = new SettableClock("2026-11-24T09:15:00Z");
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock);
                var client = UsageClient.builder()
                        .url(exporter.http().uri("/").toString())
                        .clock(clock)
                        .build()) {
            client.record(UsageRecord.of("apify").category("tiktok").amount("compute_units", 0.000001));
            client.flush(LONG);

            assertThat(client.summary()).isEqualTo(exporter.usage());
            assertThat(client.summary()
                            .at("/remaining/apify/daily/compute_units")
                            .decimalValue())
                    .isEqualByComparingTo("99.999999");
        }
    }

    /** The error message, without the URL at its start. */
    private static String failure(int port, Duration timeout) {
        String url = "http://127.0.0.1:" + port + "/api/usage: ";
        try (var client = UsageClient.builder()
                .url("http://user:secret@127.0.0.1:" + port)
                .timeout(timeout)
                .build()) {
            var failure = catchThrowableOfType(UsageClientException.class, client::summary);
            assertThat(failure).hasMessageStartingWith(url);
            assertThat(failure).hasStackTraceContaining(url).message().doesNotContain("secret");
            return String.valueOf(failure.getMessage()).substring(url.length());
        }
    }

    @Test
    void explainsARefusedConnection() throws IOException {
        int unreachable;
        try (var socket = new ServerSocket(0)) {
            unreachable = socket.getLocalPort();
        }
        assertThat(failure(unreachable, LONG)).isEqualTo("connection refused; start the exporter, or check its url");
    }

    @Test
    void explainsAMissingResponse() throws IOException {
        try (var relay = new Relay(null)) {
            relay.then(relay::stall).then(relay::trickle).then(relay::hangUp);
            String late = "no response in time; check the exporter, or set a longer timeout";

            assertThat(failure(relay.port(), SHORT)).isEqualTo(late);
            assertThat(failure(relay.port(), SHORT)).isEqualTo(late);
            assertThat(failure(relay.port(), LONG))
                    .startsWith("no response (java.io.IOException: ")
                    .endsWith("); check that the exporter is at this url");
        }
    }

    @Test
    void explainsAnUnexpectedResponse() throws IOException {
        try (var relay = new Relay(null)) {
            relay.then(Relay.respond(401)).then(Relay.respond(404)).then(Relay.respond(503));
            relay.then(Relay.respond(200, "<html>", Map.of())).then(Relay.respond(200, "{}", Map.of()));

            assertThat(failure(relay.port(), LONG)).startsWith("responded with status 401; give it a token");
            assertThat(failure(relay.port(), LONG)).startsWith("responded with status 404; check that the exporter is");
            assertThat(failure(relay.port(), LONG)).startsWith("responded with status 503; see the exporter's log");
            assertThat(failure(relay.port(), LONG)).startsWith("responded with status 200; check that the exporter is");
            assertThat(failure(relay.port(), LONG)).startsWith("responded with status 200; check that the exporter is");
        }
    }

    @Test
    void boundsTheSizeOfTheResponse() throws IOException {
        try (var relay = new Relay(null)) {
            relay.then((request, exchange) -> {
                exchange.sendResponseHeaders(200, 0);
                byte[] much = new byte[1 << 20];
                for (int i = 0; i < 100; i++) {
                    exchange.getResponseBody().write(much);
                }
            });
            assertThat(failure(relay.port(), LONG)).contains("the response is larger than 16 MiB");
        }
    }

    @Test
    void interruptEndsItAndIsKept() throws IOException {
        try (var relay = new Relay(null)) {
            relay.otherwise(relay::stall);
            Thread.currentThread().interrupt();
            String failure = failure(relay.port(), LONG);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(failure).startsWith("interrupted before the response");
        }
    }
}
