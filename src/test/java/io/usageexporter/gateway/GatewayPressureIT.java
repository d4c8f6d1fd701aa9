package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeExchange.Outcome;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With -Xmx64m, which bounds buffers outside of the heap as well: a slow peer throttles the other one. */
class GatewayPressureIT {
    private static final int MIB = 1 << 20;
    private static final long FLOOD = 200L * MIB;
    private static final long UPLOAD = 500L * MIB;

    /** The most that the buffers of sockets and exporter hold. */
    private static final long UNDER_WAY = 12L * MIB;

    @TempDir
    Path folder;

    private FakeProvider provider;
    private JarExporter exporter;

    @BeforeEach
    void start() throws Exception {
        provider = new FakeProvider();
        var command = new ArrayList<>(ProcessRunner.jar(
                "--web.listen-address=127.0.0.1:0", "--config.file=" + GatewayConfig.write(folder, provider.url())));
        command.set(command.indexOf("-Xmx128m"), "-Xmx64m");
        exporter = new JarExporter(folder, Map.of(), command);
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(exporter.http().get("/-/ready").statusCode()).isEqualTo(200);
        assertThat(exporter.log()).doesNotContain("OutOfMemory");
        exporter.close();
        provider.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/json", "text/plain"})
    void slowClientThrottlesTheProvider(String type) throws Exception {
        provider.on(
                "POST",
                "/v1/messages",
                FakeResponse.status(200)
                        .header("content-type", type)
                        .flood(FLOOD)
                        .inPiecesOf(MIB));
        try (var client = new RawHttp(exporter.http().port(), 16 * 1024)) {
            client.post(MESSAGES, "{}");
            FakeExchange exchange = provider.awaitExchange();

            assertThat(whenItStands(exchange::sent)).isLessThan(UNDER_WAY);

            assertThat(bodyBytes(client)).isEqualTo(FLOOD);
        }
    }

    @Test
    void manyStalledClientsTakeLittleMemory() throws Exception {
        provider.on(
                "POST",
                "/v1/messages",
                FakeResponse.status(200)
                        .header("content-type", "text/event-stream")
                        .flood(FLOOD));
        var clients = new ArrayList<RawHttp>();
        for (int i = 0; i < 200; i++) {
            clients.add(new RawHttp(exporter.http().port(), 16 * 1024).post(MESSAGES, "{}"));
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> provider.exchanges().size() == clients.size());
        whenItStands(() ->
                provider.exchanges().stream().mapToLong(FakeExchange::sent).sum());
        assertThat(exporter.http().get("/metrics").statusCode()).isEqualTo(200);
        for (RawHttp client : clients) {
            client.close();
        }
        assertThat(provider.exchanges()).allMatch(exchange -> exchange.awaitOutcome() == Outcome.DISCONNECTED);
        Awaitility.await().until(() -> provider.openConnections() == 0);
    }

    @Test
    void uploadOf500MegabytesIsForwarded() throws Exception {
        provider.on("POST", "/v1/files", FakeResponse.json(200, "{}"));
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (var client = new RawHttp(exporter.http().port())) {
            client.request("POST", "/gateway/anthropic/v1/files", "Expect: 100-continue", "Content-Length: " + UPLOAD);
            assertThat(client.read().status()).isEqualTo(100);
            send(client.out(), UPLOAD, digest);
            assertThat(client.read().status()).isEqualTo(200);
        }
        FakeExchange exchange = provider.awaitExchange();
        assertThat(exchange.bodyLength()).isEqualTo(UPLOAD);
        assertThat(exchange.awaitBodySha256()).isEqualTo(HexFormat.of().formatHex(digest.digest()));
    }

    @Test
    void slowProviderThrottlesTheClient() throws Exception {
        var permits = new Semaphore(1);
        provider.on("POST", "/v1/messages", FakeResponse.json(200, "{}").readsBodyBy(permits));
        var written = new AtomicLong();
        try (var client = new RawHttp(exporter.http().port())) {
            client.request("POST", MESSAGES, "Content-Length: " + FLOOD);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (byte[] piece = new byte[MIB / 16]; written.get() < FLOOD; written.addAndGet(piece.length)) {
                        client.out().write(piece);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            assertThat(whenItStands(written::get)).isLessThan(UNDER_WAY);

            permits.release(1 << 20);
            sending.join();
            assertThat(client.read().status()).isEqualTo(200);
        }
        assertThat(provider.awaitExchange().bodyLength()).isEqualTo(FLOOD);
    }

    /** A count that has stopped growing. */
    private static long whenItStands(LongSupplier count) {
        var last = new AtomicLong();
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ofMillis(500))
                .pollInterval(Duration.ofMillis(500))
                .until(count::getAsLong, now -> now > 0 && now == last.getAndSet(now));
    }

    private static void send(OutputStream to, long bytes, MessageDigest digest) throws IOException {
        var random = new SplittableRandom(1);
        byte[] piece = new byte[MIB];
        for (long sent = 0; sent < bytes; sent += piece.length) {
            random.nextBytes(piece);
            digest.update(piece);
            to.write(piece);
        }
    }

    /** Reads a response with a length, and counts its bytes. */
    private static long bodyBytes(RawHttp client) throws IOException {
        byte[] piece = new byte[MIB];
        int head = client.in().read(piece);
        String start = new String(piece, 0, head, StandardCharsets.ISO_8859_1);
        long left = FLOOD - (head - start.indexOf("\r\n\r\n") - 4);
        while (left > 0) {
            int count = client.in().read(piece, 0, (int) Math.min(left, piece.length));
            if (count < 0) {
                return FLOOD - left;
            }
            left -= count;
        }
        return FLOOD;
    }
}
