package io.usageexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests are taken for those of a page elsewhere, with curl and byte by byte. */
class BrowserGuardTest {
    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension("""
            public_url: https://usage.example.com/usage-exporter/
            providers:
              anthropic: {limits: {daily: {requests: 1000, tokens: 1000000}}}
            """);

    @TempDir
    Path folder;

    @BeforeAll
    static void requireCurl() {
        RequiredTool.require("curl", "curl");
    }

    /** Runs curl, whose output ends in the status. */
    private String curl(String path, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-s", "-w", "%{http_code}"));
        command.addAll(List.of(arguments));
        command.add(exporter.http().uri(path).toString());
        return ProcessRunner.run(folder, "", command).out();
    }

    private int status(String host, String method, String path, String... headers) throws IOException {
        try (var client = new RawHttp(exporter.http().port())) {
            var lines = new ArrayList<>(List.of(method + " " + path + " HTTP/1.1", "Host: " + host));
            lines.addAll(List.of(headers));
            if (method.equals("POST")) {
                lines.add("Content-Type: application/json");
                lines.add("Content-Length: " + Events.RECOMMENDATION.length());
            }
            client.write(
                    String.join("\r\n", lines) + "\r\n\r\n" + (method.equals("POST") ? Events.RECOMMENDATION : ""));
            return client.read().status();
        }
    }

    private int requestsToday() {
        return exporter.usage().at("/used/anthropic/daily/requests").asInt();
    }

    @Test
    void curlRecordsJsonWithItsDefaultContentType() throws Exception {
        Path file = Files.writeString(folder.resolve("event.json"), "\n [" + Events.RECOMMENDATION + "]");

        assertThat(curl("/api/usage", "-d", Events.RECOMMENDATION)).endsWith("200");
        assertThat(curl("/api/usage", "-d", "@" + file)).endsWith("200");
        assertThat(curl("/api/usage", "--data-binary", "@" + file, "-H", "Transfer-Encoding: chunked"))
                .endsWith("200");

        assertThat(requestsToday()).isEqualTo(3);
    }

    @Test
    void curlsDefaultContentTypeWithAFormIs415AndWithInvalidJson400() throws Exception {
        assertThat(curl("/api/usage", "-d", "provider=anthropic"))
                .contains("Content-Type must be application/json")
                .endsWith("415");
        assertThat(curl("/api/usage", "-d", "")).endsWith("415");
        assertThat(curl("/api/usage", "-d", "{\"provider\":")).endsWith("400");
        assertThat(requestsToday()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors", "Referer: http://localhost/"})
    void curlsDefaultContentTypeFromABrowserIs415(String header) throws Exception {
        assertThat(curl("/api/usage", "-d", Events.RECOMMENDATION, "-H", header))
                .endsWith("415");
        assertThat(requestsToday()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:5000",
                "LocalHost.:5000",
                "exporter.localhost",
                "127.0.0.1",
                "127.8.9.1:80",
                "[::1]:5000",
                "0.0.0.0:5000",
                "10.1.2.3",
                "host.docker.internal:5000",
                "usage.example.com",
                "USAGE.example.com:443"
            })
    void hostsOfTheExporterAreServedOnLoopback(String host) throws Exception {
        assertThat(status(host, "GET", "/usage")).isEqualTo(200);
        assertThat(status(host, "POST", "/api/usage")).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:5000",
                "usage-exporter:5000",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "evil-localhost",
                "usage.example.com.evil.example",
                ""
            })
    void otherHostsAreRefusedOnLoopbackOnEveryRoute(String host) throws Exception {
        for (String path : List.of("/", "/usage", "/api/usage", "/metrics", "/-/healthy", "/gateway/anthropic/v1/x")) {
            assertThat(status(host, "GET", path)).as(path).isEqualTo(403);
        }
        assertThat(status(host, "POST", "/api/usage")).isEqualTo(403);
        assertThat(status(host, "POST", "/-/reload")).isEqualTo(403);
        assertThat(requestsToday()).isZero();
    }

    /** Names of docker compose and Kubernetes. */
    @ParameterizedTest
    @ValueSource(strings = {"usage-exporter:5000", "usage-exporter.monitoring.svc:5000", "exporter.example.com"})
    void anyHostIsServedBeyondLoopback(String host) throws Exception {
        assertThat(served(host, "10.1.2.3")).isTrue();
    }

    private static boolean served(String host, String localAddress) throws Exception {
        var served = new AtomicInteger();
        try (var metrics = new SelfMetrics()) {
            var guard = new BrowserGuard(
                    exchange -> served.incrementAndGet(), "0.0.0.0", () -> null, new Refusals(metrics));
            var exchange = new HttpServerExchange(null);
            exchange.getRequestHeaders().put(Headers.HOST, host);
            exchange.setDestinationAddress(new InetSocketAddress(localAddress, 5000));
            guard.handleRequest(exchange);
        }
        return served.get() == 1;
    }

    @Test
    void clientOfHttp10WithoutAHostIsServed() throws Exception {
        try (var client = new RawHttp(exporter.http().port())) {
            client.write("GET /-/healthy HTTP/1.0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: file://",
                "Origin: http://localhost:8080",
                "Origin: http://localhost:5000.evil.example",
                "Origin: http://evil@localhost:5000",
                "Origin: ",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: something-new",
                "Sec-Fetch-Site: cross-site\r\nOrigin: http://localhost:5000",
                "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe"
            })
    void requestsOfOtherOriginsAreRefused(String headers) throws Exception {
        assertThat(status("localhost:5000", "POST", "/api/usage", headers)).isEqualTo(403);
        assertThat(status("localhost:5000", "GET", "/api/usage", headers)).isEqualTo(403);
        assertThat(status("localhost:5000", "OPTIONS", "/api/usage", headers)).isEqualTo(403);
        assertThat(status("localhost:5000", "GET", "/gateway/anthropic/v1/models", headers))
                .isEqualTo(403);
        assertThat(requestsToday()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept: */*",
                "Origin: http://localhost:5000",
                "Origin: http://LOCALHOST:5000",
                "Origin: https://usage.example.com",
                "Sec-Fetch-Site: same-origin",
                "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate",
                "Sec-Fetch-Mode: cors"
            })
    void requestsOfTheSameOriginAndOfOtherClientsAreServed(String headers) throws Exception {
        assertThat(status("localhost:5000", "POST", "/api/usage", headers)).isEqualTo(200);
        assertThat(requestsToday()).isEqualTo(1);
    }

    @Test
    void navigationFromAnotherSiteReadsAndDoesNotWrite() throws Exception {
        String[] link = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"};

        assertThat(status("localhost:5000", "GET", "/usage", link)).isEqualTo(200);
        assertThat(status("localhost:5000", "POST", "/api/usage", link)).isEqualTo(403);
        assertThat(status("localhost:5000", "GET", "/gateway/anthropic/v1/models", link))
                .isEqualTo(403);
    }

    @Test
    void refusedRequestWithAnUnreadBodyGetsItsResponse() throws Exception {
        try (var client = new RawHttp(exporter.http().port())) {
            client.request("POST", "/api/usage", "Origin: http://evil.example", "Content-Length: 1000000");
            client.write("x".repeat(500_000));
            RawHttp.Response response = client.read();

            assertThat(response.status()).isEqualTo(403);
            assertThat(response.values("content-type")).containsExactly("application/problem+json");
        }
        assertThat(exporter.metric(
                        "http_server_requests_seconds_count{method=\"POST\",status=\"403\",uri=\"FORBIDDEN\"}"))
                .isEqualByComparingTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/usage", "/api/usage", "/metrics", "/-/healthy", "/-/ready", "/nothing", "/style.css"})
    void noResponseMayBeSniffedOrUsedByPagesOfOtherOrigins(String path) {
        var headers = exporter.http().get(path, "Accept", "text/html, */*").headers();

        assertThat(headers.allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(headers.allValues("Cross-Origin-Resource-Policy")).containsExactly("same-origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/usage"})
    void pagesCannotBeFramedAndLoadNothingFromElsewhere(String path) {
        var headers = exporter.http().get(path, "Accept", "text/html").headers();

        assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'");
        assertThat(headers.allValues("X-Frame-Options")).containsExactly("DENY");
        assertThat(headers.allValues("Referrer-Policy")).containsExactly("no-referrer");
    }
}
