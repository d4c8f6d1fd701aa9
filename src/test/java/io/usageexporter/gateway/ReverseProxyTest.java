package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Events;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.RequiredTool;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind nginx and Caddy, each with TLS and a path prefix. */
class ReverseProxyTest {
    private static final Pattern LINK = Pattern.compile("href=\"([^#\"]+)\"");
    private static final String BATCH = "/gateway/anthropic/~nightly/v1/messages/batches/msgbatch_1";

    @TempDir
    Path folder;

    private FakeProvider provider;
    private final List<AutoCloseable> running = new ArrayList<>();

    @BeforeEach
    void startProvider() throws IOException {
        provider = new FakeProvider();
        provider.on(
                exchange -> true,
                FakeResponse.json(200, "{\"id\":\"msgbatch_1\",\"results_url\":\"https://api.anthropic.com/v1/x\"}"));
        running.add(provider);
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).close();
        }
    }

    private TestExporter start(String settings) throws Exception {
        Path config = Files.writeString(folder.resolve("usage.yml"), settings + """

                providers:
                  anthropic: {limits: {daily: {requests: 10, tokens: 1000}}, gateway: {upstream: '%s'}}
                """.formatted(provider.url()));
        var exporter = new TestExporter(folder.resolve("usage.db"), config, new SettableClock("2026-11-24T09:15:00Z"));
        running.add(exporter);
        return exporter;
    }

    /** Starts a proxy in front of the exporter. Returns its URL. */
    private String start(ReverseProxy proxy, TestExporter exporter) throws Exception {
        RequiredTool.require("curl", "curl");
        ReverseProxy.Running started = proxy.start(folder, exporter.http().port());
        running.add(started);
        Awaitility.await().until(() -> curl(started.url() + "/-/healthy").equals("healthy\n"));
        return started.url();
    }

    private String curl(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-sk"));
        command.addAll(List.of(arguments));
        return ProcessRunner.run(folder, "", command).out();
    }

    @ParameterizedTest
    @EnumSource
    void urlsAreThoseOfATrustedProxyWithTlsAndAPrefix(ReverseProxy proxy) throws Exception {
        String url = start(proxy, start("trusted_proxies: [127.0.0.0/8]"));

        assertThat(curl(url + BATCH)).contains("\"results_url\":\"" + url + "/gateway/anthropic/~nightly/v1/x\"");
        assertThat(curl("-H", "Accept: text/html", url + "/usage")).contains("curl " + url + "/api/usage -H");
    }

    @ParameterizedTest
    @EnumSource
    void linksOfThePagesWorkBehindAPrefix(ReverseProxy proxy) throws Exception {
        String url = start(proxy, start("trusted_proxies: [127.0.0.0/8]"));

        for (String page : List.of("/", "/usage")) {
            List<String> links = LINK.matcher(curl("-H", "Accept: text/html", url + page))
                    .results()
                    .map(link -> link.group(1).replace("&amp;", "&"))
                    .toList();
            assertThat(links).isNotEmpty();
            for (String link : links) {
                assertThat(link).doesNotStartWith("/");
                assertThat(curl("-o", "out", "-w", "%{http_code}", url + "/" + link))
                        .as(link)
                        .isEqualTo("200");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void recordingThroughAProxyAndItsPageInABrowserAreNotTakenForAnotherSite(ReverseProxy proxy) throws Exception {
        String url = start(proxy, start("trusted_proxies: [127.0.0.0/8]"));
        String origin = url.substring(0, url.lastIndexOf('/'));

        assertThat(curl("-d", Events.RECOMMENDATION, url + "/api/usage")).contains("\"recorded\":1");
        for (String header : List.of("Origin: " + origin, "Sec-Fetch-Site: same-origin")) {
            assertThat(curl(
                            "-H",
                            header,
                            "-H",
                            "Content-Type: application/json",
                            "-d",
                            Events.RECOMMENDATION,
                            url + "/api/usage"))
                    .contains("\"recorded\":1");
        }
        assertThat(curl("-H", "Origin: https://evil.example", url + "/api/usage"))
                .contains("\"status\":403");
    }

    @ParameterizedTest
    @EnumSource
    void logNamesTheClientInFrontOfTheTrustedProxy(ReverseProxy proxy) throws Exception {
        String url = start(proxy, start("trusted_proxies: [127.0.0.1]"));
        try (var log = new LogCapture()) {
            curl(
                    "--interface",
                    "127.0.0.2",
                    "-H",
                    "X-Forwarded-For: 198.51.100.1",
                    "-H",
                    "Origin: https://evil.example",
                    url + "/usage");

            assertThat(log.warnings())
                    .containsExactly("WARNING refused a request that a web page of another site sent, from 127.0.0.2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsBelievedOfAProxyThatIsNotTrusted(ReverseProxy proxy) throws Exception {
        String url = start(proxy, start(""));
        String seen = url.replace("https:", "http:").replace("/usage-exporter", "");

        assertThat(curl(url + BATCH)).contains("\"results_url\":\"" + seen + "/gateway/anthropic/~nightly/v1/x\"");
    }

    @ParameterizedTest
    @EnumSource
    void publicUrlHoldsForEveryRequest(ReverseProxy proxy) throws Exception {
        TestExporter exporter = start("public_url: https://usage.example.com/usage-exporter/");
        String results = "\"results_url\":\"https://usage.example.com/usage-exporter/gateway/anthropic/~nightly/v1/x\"";

        assertThat(curl(start(proxy, exporter) + BATCH)).contains(results);
        assertThat(exporter.http().get(BATCH).body()).contains(results);
    }

    private static RawHttp.Response get(TestExporter exporter, String path, String... lines) throws IOException {
        try (var client = new RawHttp(exporter.http().port())) {
            return client.write("GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n")
                    .read();
        }
    }

    @Test
    void urlsAreThoseOfForwarded() throws Exception {
        TestExporter exporter = start("trusted_proxies: ['127.0.0.1/32', '::1']");

        assertThat(get(
                                exporter,
                                BATCH,
                                "Host: localhost",
                                "Forwarded: for=\"[2001:db8::1]:4711\";proto=https;host=usage.example.com")
                        .body())
                .contains("\"results_url\":\"https://usage.example.com/gateway/anthropic/~nightly/v1/x\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Host: \"><script>",
                "X-Forwarded-Proto: javascript",
                "X-Forwarded-For: %%%",
                "X-Forwarded-Prefix: /../..",
                "Forwarded: for=\"\\",
                "Forwarded: ;;==,,"
            })
    void malformedHeadersAreIgnored(String header) throws Exception {
        TestExporter exporter = start("trusted_proxies: [127.0.0.1]");

        RawHttp.Response page = get(exporter, "/usage", "Host: localhost:5000", "Accept: text/html", header);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).contains("curl http://localhost:5000/api/usage");
    }

    @Test
    void reloadChangesWhomToBelieve() throws Exception {
        TestExporter exporter = start("trusted_proxies: [10.0.0.0/8]");
        String[] lines = {"Host: localhost", "X-Forwarded-Proto: https"};
        assertThat(get(exporter, BATCH, lines).body()).contains("\"http://localhost/gateway");

        Files.writeString(
                folder.resolve("usage.yml"),
                Files.readString(folder.resolve("usage.yml")).replace("10.0.0.0/8", "127.0.0.1"));
        exporter.application().reload();

        assertThat(get(exporter, BATCH, lines).body()).contains("\"https://localhost/gateway");
    }
}
