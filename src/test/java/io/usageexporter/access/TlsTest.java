package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.usageexporter.testing.Certificates;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS and client certificates, with the real curl and certificates of OpenSSL. */
class TlsTest {
    private static final String SERVER = "tls_server_config: {cert_file: server.crt, key_file: server.key";
    private static final String PLAIN = SERVER + "}\n";

    @TempDir
    Path folder;

    private Certificates certificates;
    private Curl curl;

    @BeforeEach
    void makeCertificates() throws Exception {
        curl = new Curl(folder);
        certificates = new Certificates(folder).authority("ca").issued("server", "ca", "IP:127.0.0.1");
    }

    private TestExporter exporter(String webConfig) throws Exception {
        return exporter(webConfig, "http://127.0.0.1:1");
    }

    private TestExporter exporter(String webConfig, String upstream) throws Exception {
        Path web = Files.writeString(folder.resolve("web.yml"), webConfig);
        return new TestExporter(
                folder.resolve("usage.db"),
                GatewayConfig.write(folder, upstream),
                web,
                new SettableClock("2026-11-24T09:15:00Z"));
    }

    private static String url(TestExporter exporter, String path) {
        return "https://127.0.0.1:" + exporter.http().port() + path;
    }

    private Curl.Response get(TestExporter exporter, String path, String... options) throws Exception {
        var all = new String[options.length + 2];
        all[0] = "--cacert";
        all[1] = "ca.crt";
        System.arraycopy(options, 0, all, 2, options.length);
        return curl.get(url(exporter, path), all);
    }

    private Curl.Response getAs(TestExporter exporter, String client) throws Exception {
        return get(exporter, "/metrics", "--cert", client + ".crt", "--key", client + ".key");
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(condition);
    }

    /** Has a certificate issued by another authority, and waits until it is served. */
    private void awaitRenewed(TestExporter exporter, String name) throws Exception {
        certificates.authority("next").issued(name, "next", "IP:127.0.0.1");
        await(() -> get(exporter, "/-/healthy", "--cacert", "next.crt").exit() == 0);
    }

    @Test
    void usageIsRecordedAndReadThroughTls() throws Exception {
        try (TestExporter exporter = exporter(PLAIN)) {
            assertThat(get(exporter, "/api/usage", "-H", "Content-Type: application/json", "-d", Events.RECOMMENDATION))
                    .returns(200, Curl.Response::status);
            assertThat(get(exporter, "/metrics").body()).contains("api_usage_requests_total{");
            // Larger than the record of TLS, and in one connection with another request.
            String many = "[" + (Events.RECOMMENDATION + ",").repeat(2000) + Events.RECOMMENDATION + "]";
            Files.writeString(folder.resolve("many.json"), many);
            assertThat(get(exporter, "/api/usage", "-H", "Content-Type: application/json", "-d", "@many.json")
                            .body())
                    .contains("\"recorded\":2001");
        }
    }

    @Test
    void aBodyIsReadOnceThePasswordIsVerified() throws Exception {
        String hash = BCrypt.withDefaults().hashToString(10, "secret".toCharArray());
        Files.writeString(folder.resolve("event.json"), Events.RECOMMENDATION + " ".repeat(500_000));
        try (TestExporter exporter = exporter(PLAIN + "basic_auth_users: {alice: " + hash + "}\n")) {
            assertThat(get(
                            exporter,
                            "/api/usage",
                            "-u",
                            "alice:secret",
                            "-H",
                            "Content-Type: application/json",
                            "-d",
                            "@event.json"))
                    .returns(0, Curl.Response::exit)
                    .returns(200, Curl.Response::status);
        }
    }

    @Test
    void plainHttpOnTheTlsPortGetsNoResponse() throws Exception {
        try (TestExporter exporter = exporter(PLAIN)) {
            assertThat(curl.get("http://127.0.0.1:" + exporter.http().port() + "/metrics")
                            .exit())
                    .isNotZero();
            assertThat(get(exporter, "/-/healthy").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // type, without, of a foreign authority, of the authority
        "NoClientCert,               open,   open,   open",
        "RequestClientCert,          open,   open,   open",
        "RequireAnyClientCert,       closed, open,   open",
        "RequireClientCert,          closed, open,   open",
        "VerifyClientCertIfGiven,    401,    closed, 200",
        "RequireAndVerifyClientCert, closed, closed, 200",
    })
    void clientsAreAskedForTheirCertificate(String type, String without, String foreign, String own) throws Exception {
        certificates.authority("other").issued("foreign", "other", "DNS:client").issued("client", "ca", "DNS:client");
        String authorities = type.startsWith("No") ? "" : ", client_ca_file: ca.crt";
        try (TestExporter exporter = exporter(SERVER + authorities + ", client_auth_type: " + type + "}\n")) {
            assertThat(outcome(get(exporter, "/metrics"))).as("without").isEqualTo(status(without));
            assertThat(outcome(getAs(exporter, "foreign"))).as("foreign").isEqualTo(status(foreign));
            assertThat(outcome(getAs(exporter, "client"))).as("own").isEqualTo(status(own));
            assertThat(outcome(get(exporter, "/-/healthy"))).isEqualTo(without.equals("closed") ? "closed" : "200");
        }
    }

    private static String status(String expected) {
        return expected.equals("open") ? "200" : expected;
    }

    private static String outcome(Curl.Response response) {
        return response.exit() == 0 ? Integer.toString(response.status()) : "closed";
    }

    @Test
    void aCertificateNeedsOneOfTheAllowedNames() throws Exception {
        certificates
                .issued("one", "ca", "DNS:client.example")
                .issued("two", "ca", "IP:::1,URI:spiffe://team/two")
                .issued("three", "ca", "DNS:other.example,email:c@example.com");
        String sans = "client_allowed_sans: [client.example, '0:0:0:0:0:0:0:1', mail@example.com]";
        try (TestExporter exporter = exporter(
                SERVER + ", client_ca_file: ca.crt, client_auth_type: RequireAndVerifyClientCert, " + sans + "}\n")) {
            assertThat(outcome(getAs(exporter, "one"))).isEqualTo("200");
            assertThat(outcome(getAs(exporter, "two"))).isEqualTo("200");
            assertThat(outcome(getAs(exporter, "three"))).isEqualTo("closed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa:2048", "ed25519"})
    void keysOfOtherKindsWork(String kind) throws Exception {
        certificates.issued("server", "ca", "IP:127.0.0.1", kind);
        try (TestExporter exporter = exporter(PLAIN)) {
            assertThat(get(exporter, "/metrics").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ec"})
    void keysInTheFormOfOlderToolsWork(String kind) throws Exception {
        if (kind.equals("rsa")) {
            certificates.issued("server", "ca", "IP:127.0.0.1", "rsa:2048");
        }
        certificates.openssl(
                kind, "-in", "server.key", "-out", "old.key", kind.equals("rsa") ? "-traditional" : "-text");
        assertThat(Files.readString(certificates.path("old.key")))
                .contains("-----BEGIN " + kind.toUpperCase(java.util.Locale.ROOT) + " PRIVATE");
        try (TestExporter exporter = exporter("tls_server_config: {cert_file: server.crt, key_file: old.key}")) {
            assertThat(get(exporter, "/metrics").status()).isEqualTo(200);
        }
    }

    @Test
    void certificateAndKeyMayStandInTheFile() throws Exception {
        String config =
                "tls_server_config:\n  cert: |\n" + indented("server.crt") + "  key: |\n" + indented("server.key")
                        + "  client_ca: |\n" + indented("ca.crt") + "  client_auth_type: VerifyClientCertIfGiven\n";
        try (TestExporter exporter = exporter(config)) {
            assertThat(get(exporter, "/-/healthy").status()).isEqualTo(200);
        }
    }

    private String indented(String file) throws Exception {
        return Files.readString(certificates.path(file)).indent(4);
    }

    @Test
    void versionsAndCipherSuitesAreThoseConfigured() throws Exception {
        String suite = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        try (TestExporter exporter = exporter(SERVER + ", max_version: TLS12, cipher_suites: [" + suite + "]}\n")) {
            assertThat(get(exporter, "/-/healthy").status()).isEqualTo(200);
            assertThat(get(exporter, "/-/healthy", "--tlsv1.3").exit()).isNotZero();
            assertThat(get(exporter, "/-/healthy", "--ciphers", "ECDHE-ECDSA-AES256-GCM-SHA384")
                            .exit())
                    .isZero();
            assertThat(get(exporter, "/-/healthy", "--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256")
                            .exit())
                    .isNotZero();
        }
        try (TestExporter exporter = exporter(SERVER + ", min_version: TLS13}\n")) {
            assertThat(get(exporter, "/-/healthy").status()).isEqualTo(200);
            assertThat(get(exporter, "/-/healthy", "--tls-max", "1.2").exit()).isNotZero();
        }
    }

    @Test
    void aRenewedCertificateIsServedWithoutARestart() throws Exception {
        try (TestExporter exporter = exporter(PLAIN)) {
            assertThat(get(exporter, "/-/healthy").exit()).isZero();
            awaitRenewed(exporter, "server");
        }
    }

    @Test
    void aFaultyChangeKeepsTheCertificateAndIsLogged() throws Exception {
        try (var log = new LogCapture();
                TestExporter exporter = exporter(PLAIN)) {
            Files.writeString(folder.resolve("server.key"), "no key");
            await(() -> !log.warnings().isEmpty());
            assertThat(log.warnings()).singleElement().asString().contains("web.yml:1: tls_server_config.key_file: ");
            assertThat(get(exporter, "/-/healthy").exit()).isZero();

            awaitRenewed(exporter, "server");
        }
    }

    @Test
    void aCertificateThatIsOnlyThereLaterIsFound() throws Exception {
        try (var log = new LogCapture();
                TestExporter exporter = exporter(PLAIN)) {
            Files.writeString(folder.resolve("web.yml"), PLAIN.replace("server.", "late."));
            await(() -> !log.warnings().isEmpty());
            awaitRenewed(exporter, "late");
        }
    }

    @Test
    void tlsCannotBeTurnedOffWithoutARestart() throws Exception {
        try (var log = new LogCapture();
                TestExporter exporter = exporter(PLAIN)) {
            Files.writeString(folder.resolve("web.yml"), "basic_auth_users: {}\n");
            await(() -> log.warnings().toString().contains("tls_server_config cannot be removed"));
            assertThat(get(exporter, "/-/healthy").exit()).isZero();
        }
    }

    @Test
    void gatewayCallsAndStreamsPassThroughTls() throws Exception {
        byte[] large = new byte[300_000];
        new Random(7).nextBytes(large);
        try (var provider = new FakeProvider();
                TestExporter exporter = exporter(PLAIN, provider.url())) {
            provider.on(
                    "POST",
                    "/v1/messages",
                    FakeResponse.sample("anthropic/stream-complete.sse").inPiecesOf(7));
            provider.on("POST", "/v1/files", FakeResponse.status(200).body(large));
            Files.write(folder.resolve("upload"), large);

            assertThat(get(exporter, "/gateway/anthropic/v1/messages", "-d", "{}")
                            .body())
                    .isEqualTo(new String(Samples.bytes("anthropic/stream-complete.sse"), StandardCharsets.UTF_8));
            assertThat(get(exporter, "/gateway/anthropic/v1/files", "--data-binary", "@upload", "-o", "download"))
                    .returns(0, Curl.Response::exit)
                    .returns(200, Curl.Response::status);

            assertThat(provider.awaitExchange(each -> each.path().equals("/v1/files"))
                            .body())
                    .isEqualTo(large);
            assertThat(folder.resolve("download")).hasBinaryContent(large);
            await(() ->
                    get(exporter, "/metrics").body().contains("api_usage_requests_total{category=\"uncategorized\""));
        }
    }

    @Test
    void aCallWhoseClientDisconnectsFromTlsEnds() throws Exception {
        try (var provider = new FakeProvider();
                TestExporter exporter = exporter(PLAIN, provider.url())) {
            provider.on("POST", "/v1/messages", FakeResponse.silence());
            assertThat(get(exporter, "/gateway/anthropic/v1/messages", "-d", "{}", "-m", "1")
                            .exit())
                    .isEqualTo(28);
            await(() -> provider.openConnections() == 0);
        }
    }
}
