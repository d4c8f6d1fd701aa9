package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Status, headers and methods are forwarded unchanged. */
class GatewayHeadersTest {
    private static final FakeResponse OK = FakeResponse.json(200, "{}");

    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    @Test
    void requestHeadersAreForwardedUnchanged() throws Exception {
        gateway.provider().on("POST", "/v1/messages", OK);
        try (RawHttp client = gateway.connect()) {
            client.post(
                    MESSAGES,
                    "{}",
                    "x-api-key: sk-ant-api03-1",
                    "anthropic-beta: one",
                    "anthropic-beta: two, three",
                    "Anthropic-Version: 2023-06-01",
                    "x-empty: ",
                    "x-latin: caf\u00e9",
                    "X_Odd.Name~: \"q\"; a=b, c",
                    "Cookie: a=1; b=2",
                    "User-Agent: test/1.0 (some; thing)",
                    "Authorization: Bearer b",
                    "Content-Encoding: br",
                    "Content-Type: application/json; charset=utf-8",
                    "X-Usage-Category: recommendations");
            assertThat(client.read().status()).isEqualTo(200);
        }
        FakeExchange asked = gateway.provider().awaitExchange();
        assertThat(asked.headers("anthropic-beta")).containsExactly("one", "two, three");
        assertThat(asked.header("x-api-key")).isEqualTo("sk-ant-api03-1");
        assertThat(asked.header("anthropic-version")).isEqualTo("2023-06-01");
        assertThat(asked.header("x-empty")).isEmpty();
        assertThat(asked.header("x-latin")).isEqualTo("caf\u00e9");
        assertThat(asked.header("x_odd.name~")).isEqualTo("\"q\"; a=b, c");
        assertThat(asked.header("cookie")).isEqualTo("a=1; b=2");
        assertThat(asked.header("user-agent")).isEqualTo("test/1.0 (some; thing)");
        assertThat(asked.header("authorization")).isEqualTo("Bearer b");
        assertThat(asked.header("content-encoding")).isEqualTo("br");
        assertThat(asked.header("content-type")).isEqualTo("application/json; charset=utf-8");
        assertThat(asked.header("content-length")).isEqualTo("2");
        assertThat(asked.headers("host"))
                .containsExactly("127.0.0.1:" + gateway.provider().port());
    }

    @Test
    void hopByHopAndGatewayHeadersAreNotForwarded() throws Exception {
        gateway.provider()
                .on(
                        "POST",
                        "/v1/messages",
                        FakeResponse.json(200, "{}")
                                .header("connection", "x-hop")
                                .header("x-hop", "1")
                                .header("keep-alive", "timeout=5")
                                .header("upgrade", "h2c")
                                .header("x-stays", "1"));
        RawHttp.Response response;
        try (RawHttp client = gateway.connect()) {
            response = client.post(
                            MESSAGES,
                            "{}",
                            "Connection: x-private, keep-alive",
                            "X-Private: 1",
                            "Keep-Alive: timeout=5",
                            "Proxy-Authorization: Basic YTpi",
                            "Proxy-Connection: keep-alive",
                            "TE: trailers",
                            "Upgrade: websocket",
                            "X-Usage-Category: recommendations")
                    .read();
        }
        FakeExchange asked = gateway.provider().awaitExchange();
        for (String name : List.of(
                "x-private",
                "keep-alive",
                "proxy-authorization",
                "proxy-connection",
                "te",
                "upgrade",
                "x-usage-category",
                "via",
                "forwarded",
                "x-forwarded-for",
                "x-forwarded-host")) {
            assertThat(asked.headers(name)).as(name).isEmpty();
        }
        assertThat(response.values("x-hop")).isEmpty();
        assertThat(response.values("keep-alive")).isEmpty();
        assertThat(response.values("upgrade")).isEmpty();
        assertThat(response.values("x-stays")).containsExactly("1");
    }

    @Test
    void responseHeadersAreForwardedUnchanged() throws Exception {
        gateway.provider()
                .on(
                        "GET",
                        "/v1/models",
                        FakeResponse.line("HTTP/1.1 200 OK")
                                .header("date", "Tue, 24 Nov 2026 09:15:29 GMT")
                                .header("server", "cloudflare")
                                .header("set-cookie", "a=1; Path=/")
                                .header("set-cookie", "b=2")
                                .header("vary", "Accept-Encoding")
                                .header("vary", "Origin")
                                .header("x-latin", "caf\u00e9")
                                .header("x-empty", "")
                                .header("etag", "W/\"1\"")
                                .header("content-type", "application/json"));
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response =
                    client.get("/gateway/anthropic/v1/models").read();

            assertThat(response.values("date")).containsExactly("Tue, 24 Nov 2026 09:15:29 GMT");
            assertThat(response.values("server")).containsExactly("cloudflare");
            assertThat(response.values("set-cookie")).containsExactly("a=1; Path=/", "b=2");
            assertThat(response.values("vary")).containsExactly("Accept-Encoding", "Origin");
            assertThat(response.values("x-latin")).containsExactly("caf\u00e9");
            assertThat(response.values("x-empty")).containsExactly("");
            assertThat(response.values("etag")).containsExactly("W/\"1\"");
            assertThat(response.values("content-length")).containsExactly("0");
            assertThat(response.headers())
                    .filteredOn(line -> !line.startsWith("Connection"))
                    .hasSize(11);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 529 ",
                "HTTP/1.1 200 OK",
                "HTTP/1.1 299 Fine with me",
                "HTTP/1.1 402 ",
                "HTTP/1.1 999 x"
            })
    void everyStatusIsForwardedWithItsReason(String statusLine) throws Exception {
        gateway.provider()
                .on("POST", "/v1/messages", FakeResponse.json(200, "{}").statusLine(statusLine));
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response = client.post(MESSAGES, "{}").read();

            assertThat(response.statusLine()).isEqualTo(statusLine);
            assertThat(response.text()).isEqualTo("{}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"})
    void everyMethodIsForwarded(String method) throws Exception {
        gateway.provider().on(method, "/v2/x", FakeResponse.json(202, "{\"a\":1}"));
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response = client.request(method, "/gateway/apify/v2/x", "Content-Length: 4")
                    .write("body")
                    .read();

            assertThat(response.status()).isEqualTo(202);
            assertThat(response.text()).isEqualTo("{\"a\":1}");
        }
        assertThat(gateway.provider().awaitExchange().bodyText()).isEqualTo("body");
    }

    @Test
    void responsesWithoutBodyAreForwarded() throws Exception {
        gateway.provider()
                .on("HEAD", "/api/hello", FakeResponse.line("HTTP/1.1 200 OK").body(new byte[1234]));
        gateway.provider()
                .on(
                        "DELETE",
                        "/v2/x",
                        FakeResponse.line("HTTP/1.1 204 No Content").header("x-a", "1"));
        gateway.provider()
                .on(
                        "GET",
                        "/v2/x",
                        FakeResponse.line("HTTP/1.1 304 Not Modified").header("etag", "\"1\""));
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response head =
                    client.request("HEAD", "/gateway/anthropic/api/hello").read(false);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.values("content-length")).containsExactly("1234");

            RawHttp.Response deleted =
                    client.request("DELETE", "/gateway/apify/v2/x").read();
            assertThat(deleted.statusLine()).isEqualTo("HTTP/1.1 204 No Content");
            assertThat(deleted.values("x-a")).containsExactly("1");
            assertThat(deleted.values("content-length")).isEmpty();

            RawHttp.Response same = client.get("/gateway/apify/v2/x").read();
            assertThat(same.status()).isEqualTo(304);
            assertThat(same.values("etag")).containsExactly("\"1\"");

            // And the connection is still in step.
            assertThat(client.get("/-/healthy").read().status()).isEqualTo(200);
        }
    }
}
