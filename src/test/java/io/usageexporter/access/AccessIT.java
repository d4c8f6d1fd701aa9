package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.ApiToken;
import io.usageexporter.testing.Certificates;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.Prometheus;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.RequiredTool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Authentication and TLS of the packaged exporter, with a real Prometheus. */
class AccessIT {
    /** Of the password {@code alice-pässword}. */
    private static final String ALICE = "$2y$04$abcdefghijklmnopqrstuuZAsBUPgXClJT5PJGgx0IYuhcNRW3uxu";

    /** Part of every secret that is sent, right or wrong. */
    private static final String MARK = "5ecretMark";

    private static final String TOKEN = "ue_" + MARK + "-right";

    @TempDir
    Path folder;

    private String config() throws Exception {
        Files.writeString(folder.resolve("webhook"), MARK + "-webhook");
        return Files.writeString(
                        folder.resolve("usage.yml"), """
                        providers:
                          anthropic: {resources: [requests, tokens], gateway: {upstream: 'http://127.0.0.1:1'}}
                          apify: {resources: [compute_units], webhook: {secret_file: webhook}}
                        api_tokens:
                          - {name: everything, sha256: %s, scopes: [record, read, gateway, admin]}
                          - {name: nothing, sha256: %s, scopes: [record]}
                        """.formatted(ApiToken.hash(TOKEN), ApiToken.hash(TOKEN + "2")))
                .toString();
    }

    private String users() throws Exception {
        return Files.writeString(folder.resolve("web.yml"), "basic_auth_users: {alice: " + ALICE + "}\n")
                .toString();
    }

    @Test
    void prometheusScrapesWithAPassword() throws Exception {
        RequiredTool.require("prometheus", "prometheus");
        try (var exporter = new JarExporter(folder, "--web.config.file=" + users())) {
            int port = exporter.http().port();
            assertThat(exporter.http().get("/metrics").statusCode()).isEqualTo(401);
            scrape(port, "basic_auth: {username: alice, password: alice-pässword}");
        }
    }

    @Test
    void prometheusScrapesWithATokenFile() throws Exception {
        RequiredTool.require("prometheus", "prometheus");
        Files.writeString(folder.resolve("token"), TOKEN);
        try (var exporter = new JarExporter(folder, "--config.file=" + config())) {
            scrape(exporter.http().port(), "authorization: {credentials_file: " + folder.resolve("token") + "}");
        }
    }

    @Test
    void prometheusScrapesByTlsWithACertificate() throws Exception {
        RequiredTool.require("prometheus", "prometheus");
        new Certificates(folder)
                .authority("ca")
                .issued("server", "ca", "IP:127.0.0.1")
                .issued("client", "ca", "DNS:prometheus");
        Files.writeString(folder.resolve("web.yml"), """
                tls_server_config:
                  cert_file: server.crt
                  key_file: server.key
                  client_auth_type: RequireAndVerifyClientCert
                  client_ca_file: ca.crt
                """);
        try (var exporter = new JarExporter(folder, "--web.config.file=" + folder.resolve("web.yml"))) {
            assertThat(exporter.log()).contains("serving on https://");
            scrape(
                    exporter.http().port(),
                    "scheme: https\n    tls_config: {ca_file: %s, cert_file: %s, key_file: %s}"
                            .formatted(
                                    folder.resolve("ca.crt"),
                                    folder.resolve("client.crt"),
                                    folder.resolve("client.key")));
        }
    }

    private void scrape(int port, String settings) throws Exception {
        Path own = Files.createTempDirectory(folder, "prometheus");
        try (var prometheus = new Prometheus(own, settings, List.of("127.0.0.1:" + port))) {
            prometheus.awaitScrapes(1, 2);
        }
    }

    @Test
    void noSecretIsWrittenAnywhere() throws Exception {
        var bodies = new ArrayList<String>();
        String web = users();
        try (var exporter =
                new JarExporter(folder, "--log.level=debug", "--config.file=" + config(), "--web.config.file=" + web)) {
            var curl = new Curl(folder);
            String base = "http://127.0.0.1:" + exporter.http().port();
            for (String path : List.of(
                    "/metrics",
                    "/metrics?token=" + MARK,
                    "/" + MARK,
                    "/gateway/anthropic/!" + MARK + "/v1/messages",
                    "/gateway/anthropic/!" + TOKEN + "/v1/messages",
                    "/gateway/anthropic/!" + TOKEN + "2/v1/messages",
                    "/gateway/nobody/!" + TOKEN + "/v1/messages",
                    "/gateway/anthropic/!" + TOKEN + "/v1/v1/messages?key=" + MARK,
                    "/webhooks/apify/" + MARK,
                    "/webhooks/apify/" + MARK + "-webhook",
                    "/webhooks/nobody/" + MARK)) {
                for (String[] credentials : new String[][] {
                    {},
                    {"-H", "Authorization: Bearer " + MARK},
                    {"-H", "Authorization: Bearer " + TOKEN},
                    {"-H", "Authorization: Bearer " + TOKEN + "2"},
                    {"-H", "Authorization: Digest " + MARK},
                    {"-H", "X-Usage-Token: " + MARK, "-H", "x-api-key: " + MARK},
                    {"-u", "alice:" + MARK},
                    {"-u", MARK + ":x"},
                }) {
                    bodies.add(answered(curl.get(base + path, credentials)));
                    String[] post = Stream.concat(
                                    Stream.of(credentials),
                                    Stream.of("-H", "Content-Type: application/json", "-d", "{\"x\": 1}"))
                            .toArray(String[]::new);
                    bodies.add(answered(curl.get(base + path, post)));
                }
            }
            for (String head : List.of(
                    "GET /gateway/anthropic/!" + MARK + "/a b HTTP/1.1\r\nHost: x\r\n\r\n",
                    "GET / HTTP/1.1\r\nHost: x\r\nX-Usage-Token: " + MARK + "\u0001\r\n\r\n",
                    "GET /?token=" + MARK + " HTTP/3.0\r\nHost: x\r\n\r\n")) {
                try (var raw = new RawHttp(exporter.http().port())) {
                    raw.write(head);
                    bodies.add(raw.read().body());
                }
            }
            Files.writeString(Path.of(web), "basic_auth_users: {alice: " + MARK + "}\n");
            Files.writeString(
                    folder.resolve("usage.yml"),
                    "api_tokens: [{name: x, sha256: " + MARK + ", scopes: [" + "record]}, {sha256: {" + MARK
                            + ": 1}}]");
            ProcessRunner.run(
                            folder,
                            "",
                            List.of(
                                    "kill",
                                    "-HUP",
                                    Long.toString(exporter.handle().pid())))
                    .successful();
            String metrics =
                    curl.get(base + "/metrics", "-H", "X-Usage-Token: " + TOKEN).body();
            assertThat(metrics).contains("status=\"401\"", "status=\"403\"");
            bodies.add(metrics);
            assertThat(exporter.terminate()).isZero();
            bodies.add(exporter.log());
        }
        // The 404 of an unknown route is the only response that could repeat what was asked for.
        assertThat(bodies)
                .hasSizeGreaterThan(150)
                .allSatisfy(body -> assertThat(body).doesNotContain(MARK));
        assertThat(new String(Files.readAllBytes(folder.resolve("data/usage.db")), StandardCharsets.ISO_8859_1))
                .doesNotContain(MARK);
    }

    @Test
    void anAddressForOthersWithoutAuthenticationIsWarnedOfOnce() throws Exception {
        assertThat(logOf(Map.of(), "--web.listen-address=0.0.0.0:0"))
                .containsOnlyOnce("level=warn")
                .contains("anyone who can reach 0.0.0.0 may");
        assertThat(logOf(Map.of(), "--web.listen-address=0.0.0.0:0", "--config.file=" + config()))
                .doesNotContain("level=warn");
        assertThat(logOf(Map.of("USAGE_EXPORTER_WEB_CONFIG_FILE", users()), "--web.listen-address=0.0.0.0:0"))
                .doesNotContain("level=warn");
        assertThat(logOf(Map.of(), "--web.listen-address=127.0.0.1:0")).doesNotContain("level=warn");
    }

    private static String answered(Curl.Response response) {
        assertThat(response.exit()).as(response.body()).isZero();
        return response.body();
    }

    private String logOf(Map<String, String> environment, String... arguments) throws Exception {
        try (var exporter = new JarExporter(folder, environment, ProcessRunner.jar(arguments))) {
            assertThat(exporter.terminate()).isZero();
            return exporter.log();
        }
    }

    @Test
    void aFaultyWebConfigurationPreventsTheStart() throws Exception {
        Files.writeString(folder.resolve("web.yml"), "tls: {}\nusers: {}\n");
        ProcessRunner.Result result = ProcessRunner.run(
                folder, "", ProcessRunner.jar("--web.config.file=web.yml", "--web.listen-address=127.0.0.1:0"));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("web.yml:1: tls: unknown key", "web.yml:2: users: unknown key");
    }
}
