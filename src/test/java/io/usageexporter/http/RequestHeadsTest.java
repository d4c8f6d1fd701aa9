package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unusual request heads are forwarded unchanged or rejected with a reason. */
class RequestHeadsTest {
    private static final String EVENT = "{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}";

    @TempDir
    Path folder;

    private FakeProvider provider;
    private TestExporter exporter;

    @BeforeEach
    void start() throws Exception {
        provider = new FakeProvider();
        provider.on(exchange -> true, FakeResponse.json(200, "{}"));
        exporter = new TestExporter(
                folder.resolve("usage.db"),
                GatewayConfig.write(folder, provider.url()),
                new SettableClock("2026-11-24T09:15:30Z"));
    }

    @AfterEach
    void stop() throws Exception {
        exporter.close();
        provider.close();
    }

    private RawHttp connect() throws IOException {
        return new RawHttp(exporter.http().port());
    }

    private void awaitMetric(String series, int value) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(exporter.metrics().getOrDefault(series, BigDecimal.ZERO))
                        .as(series)
                        .isEqualByComparingTo(Integer.toString(value)));
    }

    private static String latin1(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/datasets/abc/items?filter={\"a\":1}",
                "/v2/x|y^z`w?a=|&b=^&c=`&d=<e>\\[f]",
                "/v2/möbel/日本?q=für dich",
                "/v2/100%/x?discount=5%&x=%zz&y=%2",
                "/v2/%e4%FF%00?x=%ff",
                "/v2/acts?",
                "/v2/acts?#part",
                "/v2/acts?a=1&&b&=c&?/",
                "/v2/a;b;c=1,2;d?x;y",
                "/v2/..;/x/..;a/./..",
                "?token=1",
            })
    void targetOfACallIsForwardedUnchanged(String target) throws Exception {
        String wire = latin1(target).replace(" ", "\u00c2\u00a0");
        try (RawHttp client = connect()) {
            assertThat(client.get("/gateway/apify" + wire).read().status()).isEqualTo(200);
            assertThat(client.get("/-/healthy").read().status()).isEqualTo(200);
        }
        String passed = wire.startsWith("/") ? wire : "/" + wire;
        assertThat(provider.awaitExchange().target()).isEqualTo(passed);
    }

    @Test
    void manyParametersAndHeadersAreForwarded() throws Exception {
        String query = IntStream.range(0, 5000).mapToObj(i -> "p" + i + "=" + i).collect(Collectors.joining("&"));
        String[] headers = IntStream.range(0, 900)
                .mapToObj(i -> "x-header-" + i + ": value " + i)
                .toArray(String[]::new);
        try (RawHttp client = connect()) {
            assertThat(client.get("/gateway/apify/v2/acts?" + query, headers)
                            .read()
                            .status())
                    .isEqualTo(200);
        }
        FakeExchange exchange = provider.awaitExchange();
        assertThat(exchange.target()).isEqualTo("/v2/acts?" + query);
        assertThat(exchange.header("x-header-899")).isEqualTo("value 899");
    }

    @Test
    void headerValuesAreForwardedUnchanged() throws Exception {
        try (RawHttp client = connect()) {
            client.get(
                    "/gateway/apify/v2/acts",
                    "x-note: a  b \t c",
                    "x-note: d",
                    "x-utf8: " + latin1("für"),
                    "x-empty:",
                    "x-tab: a\tb");
            assertThat(client.read().status()).isEqualTo(200);
        }
        FakeExchange exchange = provider.awaitExchange();
        assertThat(exchange.headers("x-note")).containsExactly("a  b \t c", "d");
        assertThat(exchange.headers("x-utf8")).containsExactly(latin1("für"));
        assertThat(exchange.headers("x-empty")).containsExactly("");
        assertThat(exchange.headers("x-tab")).containsExactly("a\tb");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /gateway/apify/v2/a b HTTP/1.1         | 400 | %20
            GET /gateway/apify/v2/\u0001 HTTP/1.1      | 400 | percent-encoded
            GET /gateway/apify/v2 HTTP/2.0             | 505 | HTTP/1.1
            GET /gateway/apify/v2 HTTP/1.1!x y: z      | 400 | colon
            GET /gateway/apify/v2 HTTP/1.1!x: a!  b    | 400 | one line
            GET /gateway/apify/v2 HTTP/1.1!x: a\u0000b | 400 | header x
            GET /gateway/apify/v2 HTTP/1.1!Host: b     | 400 | one Host header
            POST /gateway/apify/v2 HTTP/1.1!Content-Length: 1!Content-Length: 1 | 400 | not both
            POST /gateway/apify/v2 HTTP/1.1!Content-Length: 1!Transfer-Encoding: chunked | 400 | not both
            POST /gateway/apify/v2 HTTP/1.1!Content-Length: +1 | 400 | whole number
            POST /gateway/apify/v2 HTTP/1.1!Transfer-Encoding: gzip, chunked | 501 | chunked
            """)
    void invalidGatewayRequestIsRejectedWithAReasonAndCounted(String head, int status, String reason) throws Exception {
        assertRefused(head.replace("!", "\r\n") + "\r\nHost: localhost\r\n\r\n", status, reason);
        awaitMetric(
                "usage_exporter_gateway_requests_total{code=\"" + status + "\",outcome=\"error\",provider=\"apify\"}",
                1);
        assertThat(provider.exchanges()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /api/usage HTTP/1.1!!                                | 400 | Host
            GET /api/usage HTTP/1.1!Host: a b!!                      | 400 | Host
            GET /api/usage HTTP/1.1!Host: a:99999!!                  | 400 | Host
            GET /api/usage?a b HTTP/1.1!Host: a!!                    | 400 | %20
            GET api/usage HTTP/1.1!Host: a!!                         | 400 | slash
            CONNECT a:443 HTTP/1.1!Host: a:443!!                     | 400 | slash
            GET /api/usage!!                                         | 400 | HTTP/1.1
            G@T /api/usage HTTP/1.1!Host: a!!                        | 400 | method
            PRI * HTTP/2.0!!SM!!                                     | 505 | HTTP/1.1
            '\u0016\u0003\u0001'                                     | 400 | not an HTTP request
            """)
    void invalidRequestIsRejectedWithAReason(String head, int status, String reason) throws Exception {
        assertRefused(head.replace("!", "\r\n"), status, reason);
        Awaitility.await()
                .untilAsserted(() -> assertThat(exporter.metrics().keySet())
                        .anyMatch(series -> series.startsWith("http_server_requests_seconds_count")
                                && series.contains("status=\"" + status + "\"")
                                && series.contains("uri=\"BAD_REQUEST\"")));
    }

    private void assertRefused(String request, int status, String reason) throws IOException {
        try (RawHttp client = connect()) {
            RawHttp.Response response = client.write(request).read();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.values("content-type")).containsExactly("application/problem+json");
            JsonNode problem = TestExporter.json(response.text());
            assertThat(problem.get("status").asInt()).isEqualTo(status);
            assertThat(problem.get("detail").asText()).contains(reason);
            assertThat(client.isOver()).isTrue();
        }
    }

    @Test
    void tooLargeHeadGets431WhileItsSenderContinues() throws Exception {
        try (RawHttp client = connect()) {
            client.write("GET /api/usage HTTP/1.1\r\nHost: localhost\r\nx: " + "y".repeat(1 << 20) + "\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(431);
        }
        try (RawHttp client = connect()) {
            assertThat(client.get(
                                    "/api/usage",
                                    IntStream.range(0, 1001)
                                            .mapToObj(i -> "a" + i + ": b")
                                            .toArray(String[]::new))
                            .read()
                            .status())
                    .isEqualTo(431);
        }
    }

    @Test
    void hostThatIsTooLongIsRejectedWith400() throws Exception {
        assertRefused("GET /api/usage HTTP/1.1\r\nHost: " + "a".repeat(200_000) + "\r\n\r\n", 400, "Host header");
    }

    @Test
    void moreThan127HeadersOfOneNameGet431WithAReason() throws Exception {
        String start = "POST /gateway/apify/v2/acts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n";
        assertRefused(start + "x: y\r\nX: y\r\n".repeat(64) + "\r\n", 431, "the same name");
        try (RawHttp client = connect()) {
            client.write(start + "x: y\r\n".repeat(127) + "\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void postWithAnInvalidHeadCountsAsRejected() throws Exception {
        assertRefused(
                "POST /api/usage HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400, "Content-Length");
        awaitMetric("usage_exporter_events_rejected_total{reason=\"invalid\"}", 1);
    }

    @Test
    void ownTargetsAreParsedLeniently() throws Exception {
        try (RawHttp client = connect()) {
            assertThat(client.get("/api/usage/history?provider={x").read().status())
                    .isEqualTo(400);
            RawHttp.Response unknown = client.get("/usage/%/{}?|=%").read();
            assertThat(unknown.status()).isEqualTo(404);
            assertThat(unknown.values("content-type")).containsExactly("application/problem+json");
            assertThat(client.get("http://a/-/healthy").read().status()).isEqualTo(200);
            assertThat(client.request("OPTIONS", "*").read().status()).isEqualTo(404);
        }
    }

    /** However the bytes are split, also within a head that follows a body. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100, 100_000})
    void pipelinedRequestsGetTheirResponsesInOrder(int piece) throws Exception {
        String length = "Content-Length: " + EVENT.length();
        String chunked = Integer.toHexString(EVENT.length()) + "\r\n" + EVENT + "\r\n0\r\n\r\n";
        String pipelined = "GET /gateway/apify/v2/{a} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "POST /api/usage HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + length
                + "\r\n\r\n"
                + EVENT
                + "\r\nGET /gateway/apify/v2/{b} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "POST /api/usage HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n" + chunked
                + "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /gateway/apify/v2/% HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (RawHttp client = connect()) {
            for (int i = 0; i < pipelined.length(); i += piece) {
                client.write(pipelined.substring(i, Math.min(pipelined.length(), i + piece)));
            }
            assertThat(client.read().text()).isEqualTo("{}");
            assertThat(client.read().text()).contains("\"recorded\":1");
            assertThat(client.read().text()).isEqualTo("{}");
            assertThat(client.read().text()).contains("\"recorded\":1");
            assertThat(client.read().text()).isEqualTo("healthy\n");
            assertThat(client.read().text()).isEqualTo("{}");
        }
        assertThat(provider.exchanges())
                .extracting(FakeExchange::target)
                .containsExactly("/v2/{a}", "/v2/{b}", "/v2/%");
    }

    /** Lines that repeat those of the head before are not parsed again. */
    @Test
    void repeatedHeadsKeepTheirBodiesAndChangedOnesAreRead() throws Exception {
        String head =
                "POST /api/usage HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + EVENT.length() + "\r\n";
        String other = EVENT.replace("1}", "x}");
        try (RawHttp client = connect()) {
            client.write(head + "\r\n" + EVENT);
            assertThat(client.read().text()).contains("\"recorded\":1");
            client.write(head + "\r\n" + other + head + "\r\n" + EVENT);
            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.read().text()).contains("\"recorded\":1");
            client.write(head + "Content-Encoding: br\r\n\r\n" + EVENT);
            assertThat(client.read().status()).isEqualTo(415);
            client.write(head + "\r\n" + EVENT);
            assertThat(client.read().text()).contains("\"recorded\":1");
            client.write(head + "Host: b\r\n\r\n" + EVENT);
            assertThat(client.read().text()).contains("exactly one Host header");
        }
        try (RawHttp client = connect()) {
            client.write(head + "\r\n" + EVENT);
            assertThat(client.read().text()).contains("\"recorded\":1");
            client.write(head.replace("Host: l", "Host: /") + "\r\n" + EVENT); // a line of the same length
            assertThat(client.read().text()).contains("Host header must be a name or an address");
        }
    }

    /** Any mutation of a head gets the usual response or an error with a reason. */
    @Test
    void noRandomHeadGetsAnEmptyError() throws Exception {
        var random = new SplittableRandom(20261124);
        String usual = "GET /api/usage?at=2026 HTTP/1.1\r\nHost: localhost:1\r\nCookie: a=b; c\r\nAccept: */*\r\n\r\n";
        for (int i = 0; i < 3000; i++) {
            var head = new StringBuilder(usual);
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                int at = random.nextInt(head.length() - 4);
                char octet = (char)
                        (random.nextBoolean() ? random.nextInt(256) : "% :;/\t\r\n?&".charAt(random.nextInt(10)));
                switch (random.nextInt(3)) {
                    case 0 -> head.setCharAt(at, octet);
                    case 1 -> head.insert(at, octet);
                    default -> head.deleteCharAt(at);
                }
            }
            try (RawHttp client = connect()) {
                RawHttp.Response response = client.write(head + "Connection: close\r\n\r\n")
                        .read(!head.toString().startsWith("HEAD "));
                if (response.status() >= 400) {
                    assertThat(response.values("content-type"))
                            .as(head.toString())
                            .containsExactly("application/problem+json");
                    assertThat(TestExporter.json(response.text()).get("detail").asText())
                            .as(head.toString())
                            .isNotEmpty();
                }
            }
        }
    }
}
