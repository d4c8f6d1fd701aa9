package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.usageexporter.provider.AcceptEncodingPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderForwardingTest {
    /** Headers from their lines. */
    private static HeaderMap headers(String... lines) {
        var headers = new HeaderMap();
        for (String line : lines) {
            int colon = line.indexOf(':');
            headers.add(
                    new HttpString(line.substring(0, colon)),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static List<String> lines(HeaderMap headers) {
        return headers.getHeaderNames().stream()
                .flatMap(name -> headers.get(name).stream().map(value -> name + ": " + value))
                .sorted()
                .toList();
    }

    private static List<String> request(AcceptEncodingPolicy encodings, String... lines) {
        var passed = new HeaderMap();
        HeaderForwarding.request(headers(lines), passed, "api.example", encodings);
        return lines(passed);
    }

    private static List<String> response(String... lines) {
        var passed = new HeaderMap();
        HeaderForwarding.response(headers(lines), passed);
        return lines(passed);
    }

    @Test
    void endToEndHeadersAreForwardedWithTheProvidersHost() {
        assertThat(request(
                        AcceptEncodingPolicy.FORWARD,
                        "Host: localhost:5000",
                        "x-api-key: secret",
                        "Content-Length: 12",
                        "Accept-Encoding: br, zstd",
                        "Via: 1.1 other"))
                .containsExactly(
                        "Accept-Encoding: br, zstd",
                        "Content-Length: 12",
                        "Host: api.example",
                        "Via: 1.1 other",
                        "x-api-key: secret");
    }

    @Test
    void hopByHopAndGatewayHeadersAreNotForwarded() {
        assertThat(request(
                        AcceptEncodingPolicy.FORWARD,
                        "Connection: keep-alive, X-Hop ,x-other",
                        "Connection: X-Third",
                        "X-HOP: 1",
                        "X-Other: 2",
                        "x-third: 3",
                        "Keep-Alive: timeout=5",
                        "Proxy-Connection: keep-alive",
                        "Proxy-Authorization: Basic x",
                        "TE: trailers",
                        "Trailer: Expires",
                        "Upgrade: h2c",
                        "Expect: 100-continue",
                        "X-USAGE-CATEGORY: search",
                        "X-Kept: 4"))
                .containsExactly("Host: api.example", "X-Kept: 4");
    }

    @Test
    void valuesOfOneNameStaySeparateAndInOrder() {
        var passed = new HeaderMap();
        HeaderForwarding.response(headers("set-cookie: b=1", "x: 1", "Set-Cookie: a=2", "set-cookie: b=1"), passed);
        assertThat(passed.get("set-cookie")).containsExactly("b=1", "a=2", "b=1");
    }

    /** Otherwise the peers may disagree on the end of the body, and one takes for a request what the other takes for a body. */
    @Test
    void transferEncodingReplacesContentLength() {
        assertThat(request(AcceptEncodingPolicy.FORWARD, "Transfer-Encoding: chunked", "Content-Length: 3"))
                .containsExactly("Host: api.example", "Transfer-Encoding: chunked");
        assertThat(response("Transfer-Encoding: chunked", "Content-Length: 3")).isEmpty();
        assertThat(response("Content-Length: 3")).containsExactly("Content-Length: 3");
    }

    /** Connection names what is about the connection, and the length of the body is not. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "close, content-length", "Host", "transfer-encoding, Content-Length"})
    void contentLengthNamedInConnectionIsKept(String connection) {
        assertThat(request(
                        AcceptEncodingPolicy.FORWARD,
                        "Connection: " + connection,
                        "Content-Length: 3",
                        "Host: localhost"))
                .containsExactly("Content-Length: 3", "Host: api.example");
        assertThat(response("Connection: " + connection, "Content-Length: 3")).containsExactly("Content-Length: 3");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gzip, deflate, br            | gzip
            br, GZIP                     | gzip
            gzip;q=1.0                   | gzip
            gzip; q=0.5, br              | gzip
            br;q=1, gzip ; q = 0.001     | gzip
            deflate, br, zstd            | identity
            gzip;q=0                     | identity
            gzip; q=0.000                | identity
            x-gzippy                     | identity
            identity                     | identity
            *                            | identity
            """)
    void acceptEncodingIsLimitedToReadableCodings(String accepted, String passed) {
        assertThat(request(AcceptEncodingPolicy.GZIP_ONLY, "Accept-Encoding: " + accepted))
                .containsExactly("Accept-Encoding: " + passed, "Host: api.example");
        assertThat(request(AcceptEncodingPolicy.IDENTITY, "Accept-Encoding: " + accepted))
                .containsExactly("Accept-Encoding: identity", "Host: api.example");
    }

    @Test
    void severalAcceptEncodingHeadersAreOneList() {
        assertThat(request(AcceptEncodingPolicy.GZIP_ONLY, "Accept-Encoding: br", "Accept-Encoding: gzip"))
                .containsExactly("Accept-Encoding: gzip", "Host: api.example");
    }

    @Test
    void withoutAcceptEncodingIdentityIsRequested() {
        assertThat(request(AcceptEncodingPolicy.GZIP_ONLY))
                .containsExactly("Accept-Encoding: identity", "Host: api.example");
        assertThat(request(AcceptEncodingPolicy.FORWARD)).containsExactly("Host: api.example");
    }
}
