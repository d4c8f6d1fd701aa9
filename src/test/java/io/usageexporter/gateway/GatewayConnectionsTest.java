package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.Samples;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections on both sides, and how bytes are forwarded on them. */
class GatewayConnectionsTest {
    private static final FakeResponse OK = FakeResponse.json(200, "{}");

    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    @Test
    void oneConnectionOnEachSideServesManyCalls() throws Exception {
        gateway.provider().on("POST", "/v1/messages", FakeResponse.sample("anthropic/messages-response-minimal.json"));
        gateway.provider()
                .on(
                        "GET",
                        "/v1/models",
                        FakeResponse.sample("anthropic/stream-complete.sse").inPiecesOf(7));
        try (RawHttp client = gateway.connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.post(MESSAGES, "{\"i\":" + i + "}").read().text())
                        .isEqualTo(Samples.text("anthropic/messages-response-minimal.json"));
                assertThat(client.get("/gateway/anthropic/v1/models").read().bytes())
                        .isEqualTo(Samples.bytes("anthropic/stream-complete.sse"));
            }
        }
        assertThat(gateway.provider().connections()).isEqualTo(1);
    }

    /** Some servers send the body that they announce, even late; it would be taken for the next response. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HEAD | 200 OK           | Content-Length: 5
            HEAD | 200 OK           | Transfer-Encoding: chunked
            POST | 204 No Content   | Content-Length: 5
            POST | 204 No Content   | Transfer-Encoding: chunked
            GET  | 304 Not Modified | Content-Length: 5""")
    void connectionIsNotReusedAfterABodilessResponseThatAnnouncesABody(String method, String status, String length)
            throws Exception {
        gateway.provider()
                .on(
                        method,
                        "/v1/messages",
                        FakeResponse.status(200).rawHead("HTTP/1.1 " + status + "\r\n" + length + "\r\n\r\n"));
        gateway.provider().on("GET", "/v1/models", OK);
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response first = client.request(
                            method, MESSAGES, method.equals("POST") ? "Content-Length: 0" : "X: y")
                    .read(false);
            assertThat(first.statusLine()).isEqualTo("HTTP/1.1 " + status);
            assertThat(client.get("/gateway/anthropic/v1/models").read().text()).isEqualTo("{}");
        }
        assertThat(gateway.provider().connections()).isEqualTo(2);
    }

    @Test
    void connectionTakesNoMoreMemoryWithEachCall() throws Exception {
        gateway.provider().on("POST", "/v1/messages/count_tokens", OK);
        try (RawHttp client = gateway.connect()) {
            call(client, 2_000);
            long before = memory();
            call(client, 20_000);

            // A hundred bytes for each would make two million.
            assertThat(memory() - before).isLessThan(2_000_000);
        }
        assertThat(gateway.provider().connections()).isEqualTo(1);
    }

    private static void call(RawHttp client, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            assertThat(client.post(MESSAGES + "/count_tokens", "{}").read().status())
                    .isEqualTo(200);
        }
    }

    private long memory() {
        gateway.provider().exchanges().clear();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void http10ClientGetsAResponseThatEndsWithTheConnection() throws Exception {
        gateway.provider()
                .on(
                        "GET",
                        "/v1/models",
                        FakeResponse.sample("anthropic/stream-complete.sse").inPiecesOf(37));
        try (RawHttp client = gateway.connect()) {
            client.write("GET /gateway/anthropic/v1/models HTTP/1.0\r\nHost: localhost\r\n\r\n");
            RawHttp.Response response = client.read();

            assertThat(response.values("transfer-encoding")).isEmpty();
            assertThat(response.bytes()).isEqualTo(Samples.bytes("anthropic/stream-complete.sse"));
        }
    }

    @Test
    void chunkedRequestIsForwarded() throws Exception {
        gateway.provider().on("POST", "/v1/messages", OK);
        byte[] body = new byte[300_000];
        Arrays.fill(body, (byte) 0xc3);
        try (RawHttp client = gateway.connect()) {
            client.request("POST", MESSAGES, "Transfer-Encoding: chunked");
            for (int from = 0; from < body.length; from += 1000) {
                client.write("3e8\r\n");
                client.out().write(body, from, 1000);
                client.write("\r\n");
            }
            assertThat(client.write("0\r\n\r\n").read().status()).isEqualTo(200);
        }
        FakeExchange asked = gateway.provider().awaitExchange();
        assertThat(asked.bodyLength()).isEqualTo(body.length);
        assertThat(asked.awaitBodySha256())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(body)));
    }

    @Test
    void expectContinueIsAnswered() throws Exception {
        gateway.provider().on("POST", "/v1/messages", OK);
        try (RawHttp client = gateway.connect()) {
            client.request("POST", MESSAGES, "Expect: 100-continue", "Content-Length: 4");
            assertThat(client.read().status()).isEqualTo(100);
            assertThat(client.write("body").read().status()).isEqualTo(200);
        }
        assertThat(gateway.provider().awaitExchange().bodyText()).isEqualTo("body");
    }

    @Test
    void eventsAreForwardedAsTheyArrive() throws Exception {
        var permits = new Semaphore(0);
        byte[] stream = Samples.bytes("anthropic/stream-complete.sse");
        gateway.provider()
                .on(
                        "POST",
                        "/v1/messages",
                        FakeResponse.sample("anthropic/stream-complete.sse")
                                .withLength()
                                .inPiecesOf(100)
                                .pacedBy(permits));
        try (RawHttp client = gateway.connect()) {
            client.post(MESSAGES, "{}");
            // The head comes before any of the body.
            byte[] end = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            for (int matched = 0; matched < end.length; ) {
                matched = client.in().read() == end[matched] ? matched + 1 : 0;
            }
            for (int from = 0; from < stream.length; from += 100) {
                int to = Math.min(stream.length, from + 100);
                permits.release();
                assertThat(client.in().readNBytes(to - from)).isEqualTo(Arrays.copyOfRange(stream, from, to));
            }
        }
    }
}
