package io.usageexporter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fake must be reliable before other tests depend on it. */
class FakeProviderTest {
    private static final String PATH = "/v1/messages";
    private static final String STREAM = "anthropic/stream-complete.sse";

    private final HttpClient client = HttpClient.newHttpClient();
    private FakeProvider provider;

    @BeforeEach
    void start() throws IOException {
        provider = new FakeProvider();
    }

    @AfterEach
    void stop() throws IOException {
        provider.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 37, Integer.MAX_VALUE})
    void sendsASampleWithItsHeadInPiecesOfAnySize(int piece) throws Exception {
        provider.on("POST", PATH, FakeResponse.sample(STREAM).inPiecesOf(piece));

        HttpResponse<byte[]> response = post("{}");

        assertThat(response.body()).isEqualTo(Samples.bytes(STREAM));
        assertThat(response.headers().firstValue("request-id")).hasValue("req_011SampleStream0000000001");
        assertThat(provider.awaitExchange().awaitOutcome()).isEqualTo(FakeExchange.Outcome.SENT);
    }

    @Test
    void keepsRequestsAndServesThemOverOneConnection() throws Exception {
        provider.on("POST", PATH, FakeResponse.json(200, "{}"), FakeResponse.json(201, "{}"));

        assertThat(post("one").statusCode()).isEqualTo(200);
        assertThat(post("two").statusCode()).isEqualTo(201);
        assertThat(post("three").statusCode()).isEqualTo(201);

        assertThat(provider.connections()).isEqualTo(1);
        FakeExchange last = provider.awaitExchange();
        assertThat(last.head()).startsWith("POST " + PATH + "?beta=true HTTP/1.1\r\n");
        assertThat(last.bodyLength()).isEqualTo(5);
        assertThat(last.awaitBodySha256())
                .isEqualTo(HexFormat.of()
                        .formatHex(FakeExchange.sha256().digest("three".getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void sendsAStatusWithoutAReasonPhrase() throws Exception {
        provider.on("GET", "/", FakeResponse.sample("anthropic/error-529-overloaded.json"));

        assertThat(raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 529 \r\ndate: ")
                .contains("\r\ncontent-length: 149\r\n\r\n{\n");
    }

    @Test
    void compressesWithGzip() throws Exception {
        provider.on("POST", PATH, FakeResponse.json(200, "{\"a\":1}").gzip());

        HttpResponse<byte[]> response = post("");

        assertThat(response.headers().firstValue("content-encoding")).hasValue("gzip");
        assertThat(new GZIPInputStream(new java.io.ByteArrayInputStream(response.body())))
                .hasBinaryContent("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void closesOrResetsConnections() {
        for (FakeResponse broken : List.of(
                FakeResponse.sample(STREAM).closesAfter(100),
                FakeResponse.sample(STREAM).resetsAfter(100),
                FakeResponse.sample(STREAM).withLength().closesAfter(100),
                FakeResponse.status(200)
                        .rawHead("HTTP/1.1 200 OK\r\ncontent-ty")
                        .closesAfter(0))) {
            provider.on("POST", PATH, broken);

            assertThatThrownBy(() -> post("{}")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void sendsAPieceForEachPermitAndNoticesADisconnect() throws Exception {
        var permits = new Semaphore(0);
        provider.on(
                "GET",
                PATH,
                FakeResponse.sample(STREAM).withLength().inPiecesOf(10).pacedBy(permits));
        provider.on("GET", "/stall", FakeResponse.sample(STREAM).stallsAfter(10));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), provider.port())) {
            write(socket, "GET " + PATH + " HTTP/1.1\r\n\r\n");
            FakeExchange exchange = provider.awaitExchange();
            permits.release(3);
            Awaitility.await().until(() -> exchange.sent() == 30);
            assertThat(exchange.isOver()).isFalse();
            permits.release(1000);
            assertThat(exchange.awaitOutcome()).isEqualTo(FakeExchange.Outcome.SENT);
            write(socket, "GET /stall HTTP/1.1\r\n\r\n");
            provider.awaitExchange(next -> next.path().equals("/stall"));
        }
        assertThat(provider.awaitExchange().awaitOutcome()).isEqualTo(FakeExchange.Outcome.DISCONNECTED);
        Awaitility.await().until(() -> provider.openConnections() == 0);
    }

    @Test
    void respondsBeforeTheBodyOrReadsItSlowly() throws Exception {
        var permits = new Semaphore(1);
        provider.on(
                "POST",
                PATH,
                FakeResponse.json(413, "{}").beforeBody(),
                FakeResponse.json(200, "{}").readsBodyBy(permits));
        byte[] large = new byte[8 << 20];

        assertThat(raw("POST " + PATH + " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ");
        var slow = client.sendAsync(
                HttpRequest.newBuilder(uri())
                        .POST(BodyPublishers.ofByteArray(large))
                        .build(),
                BodyHandlers.discarding());
        Awaitility.await().until(() -> provider.awaitExchange().bodyLength() == 64 * 1024);
        assertThat(slow).isNotDone();
        permits.release(1000);
        assertThat(slow.get().statusCode()).isEqualTo(200);
        assertThat(provider.awaitExchange().bodyLength()).isEqualTo(large.length);
    }

    @Test
    void floodsUntilTheClientDisconnects() throws Exception {
        provider.on("GET", "/", FakeResponse.status(200).flood(1L << 40));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), provider.port())) {
            write(socket, "GET / HTTP/1.1\r\n\r\n");
            assertThat(socket.getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
        }
        FakeExchange exchange = provider.awaitExchange();
        assertThat(exchange.awaitOutcome()).isEqualTo(FakeExchange.Outcome.DISCONNECTED);
        assertThat(exchange.sent()).isLessThan(16 << 20);
    }

    private URI uri() {
        return URI.create(provider.url() + PATH + "?beta=true");
    }

    private HttpResponse<byte[]> post(String body) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(uri())
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofByteArray());
    }

    /** Everything that the provider sends until it closes the connection. */
    private String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), provider.port())) {
            write(socket, request);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
