package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.Documentation;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind nginx with TLS and a path prefix, and behind a proxy with the headers of Caddy. */
class ReverseProxyTest {
    private static final Pattern LINK = Pattern.compile("href=\"([^#\"]+)\"");
    private static final String BATCH = "/gateway/anthropic/~nightly/v1/messages/batches/msgbatch_1";

    /** Around the location in the documentation. */
    private static final String NGINX = """
            daemon off;
            pid %1$s/nginx.pid;
            error_log stderr warn;
            events {}
            http {
              access_log off;
              client_body_temp_path %1$s/client;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server {
                listen 127.0.0.1:%2$d ssl;
                ssl_certificate %3$s;
                ssl_certificate_key %3$s;
                %4$s
              }
            }
            """;

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

    /** Starts nginx in front of the exporter. Returns its URL. */
    private String nginx(TestExporter exporter) throws Exception {
        RequiredTool.require("nginx", "nginx-light");
        RequiredTool.require("curl", "curl");
        int port = Daemon.freePort();
        String documented =
                Documentation.page("gateway.md").blocks("nginx").get(0).text();
        Path config = Files.writeString(
                folder.resolve("nginx.conf"),
                NGINX.formatted(
                        folder,
                        port,
                        new Certificate(folder, "dns:localhost").pem(),
                        documented.replace(
                                "127.0.0.1:5000", "127.0.0.1:" + exporter.http().port())));
        Process process = new ProcessBuilder("nginx", "-p", folder.toString(), "-e", "stderr", "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("nginx.log").toFile())
                .start();
        running.add(() -> {
            process.destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        });
        String url = "https://localhost:" + port + "/usage-exporter";
        Awaitility.await().until(() -> curl(url + "/-/healthy").equals("healthy\n"));
        return url;
    }

    private String curl(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-sk"));
        command.addAll(List.of(arguments));
        return ProcessRunner.run(folder, "", command).out();
    }

    @Test
    void urlsAreThoseOfATrustedNginxWithTlsAndAPrefix() throws Exception {
        String url = nginx(start("trusted_proxies: [127.0.0.0/8]"));

        assertThat(curl(url + BATCH)).contains("\"results_url\":\"" + url + "/gateway/anthropic/~nightly/v1/x\"");
        assertThat(curl("-H", "Accept: text/html", url + "/usage")).contains("curl " + url + "/api/usage -H");
    }

    @Test
    void linksOfThePagesWorkBehindAPrefix() throws Exception {
        String url = nginx(start("trusted_proxies: [127.0.0.0/8]"));

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

    @Test
    void recordingThroughNginxAndItsPageInABrowserAreNotTakenForAnotherSite() throws Exception {
        String url = nginx(start("trusted_proxies: [127.0.0.0/8]"));
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

    @Test
    void logNamesTheClientInFrontOfTheTrustedProxies() throws Exception {
        String url = nginx(start("trusted_proxies: [127.0.0.0/8]"));
        try (var log = new LogCapture()) {
            curl(
                    "-H",
                    "X-Forwarded-For: 198.51.100.1, 203.0.113.9",
                    "-H",
                    "Origin: https://evil.example",
                    url + "/usage");

            assertThat(log.warnings())
                    .containsExactly(
                            "WARNING refused a request that a web page of another site sent, from 203.0.113.9");
        }
    }

    @Test
    void nothingIsBelievedOfANginxThatIsNotTrusted() throws Exception {
        String url = nginx(start(""));
        String seen = url.replace("https:", "http:").replace("/usage-exporter", "");

        assertThat(curl(url + BATCH)).contains("\"results_url\":\"" + seen + "/gateway/anthropic/~nightly/v1/x\"");
    }

    @Test
    void publicUrlHoldsForEveryRequest() throws Exception {
        TestExporter exporter = start("public_url: https://usage.example.com/usage-exporter/");
        String results = "\"results_url\":\"https://usage.example.com/usage-exporter/gateway/anthropic/~nightly/v1/x\"";

        assertThat(curl(nginx(exporter) + BATCH)).contains(results);
        assertThat(exporter.http().get(BATCH).body()).contains(results);
    }

    private static RawHttp.Response get(TestExporter exporter, String path, String... lines) throws IOException {
        try (var client = new RawHttp(exporter.http().port())) {
            return client.write("GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n")
                    .read();
        }
    }

    /** Caddy passes the Host on, and says with which one and by which scheme it was asked. */
    @ParameterizedTest
    @CsvSource({
        "trusted_proxies: [127.0.0.1], https://localhost:8443",
        "public_url: https://usage.example.com/exporter, https://usage.example.com/exporter"
    })
    void urlsAreThoseOfCaddy(String settings, String url) throws Exception {
        TestExporter exporter = start(settings);
        String host = url.replaceFirst("https://([^/]+).*", "$1");

        assertThat(get(
                                exporter,
                                BATCH,
                                "Host: " + host,
                                "X-Forwarded-For: 203.0.113.9",
                                "X-Forwarded-Proto: https",
                                "X-Forwarded-Host: " + host,
                                "Via: 1.1 Caddy")
                        .body())
                .contains("\"results_url\":\"" + url + "/gateway/anthropic/~nightly/v1/x\"");
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
