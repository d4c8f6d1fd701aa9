package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls and polls through a forward proxy to hosts that only the proxy can find. */
class OutgoingProxyIT {
    private static final String PATH = "/gateway/anthropic/v1/models";

    /** Of {@code user:s3cret}. */
    private static final String BASIC = "Basic dXNlcjpzM2NyZXQ=";

    @TempDir
    Path folder;

    private final List<AutoCloseable> running = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (int i = running.size() - 1; i >= 0; i--) {
            running.get(i).close();
        }
    }

    private <T extends AutoCloseable> T close(T later) {
        running.add(later);
        return later;
    }

    private FakeProvider provider(FakeProvider started) {
        started.on(exchange -> true, FakeResponse.json(200, "{\"data\":[],\"has_more\":false}"));
        return close(started);
    }

    private JarExporter exporter(String upstream, Map<String, String> environment, List<String> flags)
            throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "sk-ant-admin-hidden");
        Path config = Files.writeString(folder.resolve("usage.yml"), """
                providers:
                  anthropic:
                    limits: {daily: {requests: 1000, tokens: 1000000}}
                    gateway: {upstream: '%s'}
                    poll: {admin_key_file: '%s'}
                """.formatted(upstream, key));
        List<String> command =
                new ArrayList<>(ProcessRunner.jar("--web.listen-address=127.0.0.1:0", "--config.file=" + config));
        command.addAll(1, flags);
        return close(new JarExporter(folder, environment, command));
    }

    private static void awaitPoll(FakeProvider provider) {
        FakeExchange poll = provider.awaitExchange(exchange -> exchange.target().contains("/v1/organizations/"));
        assertThat(poll.headers("proxy-authorization")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTPS_PROXY", "https_proxy"})
    void callsAndPollsOverHttpsPassATunnelWithCredentials(String variable) throws Exception {
        var certificate = new Certificate(folder, "dns:api.test");
        FakeProvider provider = provider(new FakeProvider(certificate.sockets(), "https"));
        var proxy = close(new ForwardProxy(provider.port(), BASIC));
        JarExporter exporter = exporter(
                "https://api.test",
                Map.of(variable, "http://user:s3cret@127.0.0.1:" + proxy.port()),
                certificate.trustingFlags());

        HttpResponse<String> response = exporter.http().get(PATH);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        FakeExchange call = provider.awaitExchange(exchange -> exchange.target().equals("/v1/models"));
        assertThat(call.headers("host")).containsExactly("api.test");
        assertThat(call.headers("proxy-authorization")).isEmpty();
        awaitPoll(provider);
        assertThat(proxy.requests()).isNotEmpty().allMatch(line -> line.equals("CONNECT api.test:443 HTTP/1.1"));
        assertThat(exporter.log()).doesNotContain("s3cret", BASIC);
    }

    @Test
    void certificateBehindATunnelMustBeThatOfTheProvider() throws Exception {
        var certificate = new Certificate(folder, "dns:other.test");
        FakeProvider provider = provider(new FakeProvider(certificate.sockets(), "https"));
        var proxy = close(new ForwardProxy(provider.port(), ""));
        JarExporter exporter = exporter(
                "https://api.test", Map.of("HTTPS_PROXY", "127.0.0.1:" + proxy.port()), certificate.trustingFlags());

        assertThat(exporter.http().get(PATH).statusCode()).isEqualTo(502);
        assertThat(provider.exchanges()).isEmpty();
    }

    @Test
    void callsAndPollsOverHttpNameTheWholeUrl() throws Exception {
        FakeProvider provider = provider(new FakeProvider());
        var proxy = close(new ForwardProxy(provider.port(), BASIC));
        JarExporter exporter = exporter(
                "http://api.test:8080/base",
                Map.of("HTTP_PROXY", "http://user:s3cret@127.0.0.1:" + proxy.port()),
                List.of());

        assertThat(exporter.http().get(PATH).statusCode()).isEqualTo(200);
        awaitPoll(provider);
        assertThat(proxy.requests())
                .contains("GET http://api.test:8080/base/v1/models HTTP/1.1")
                .allMatch(line -> line.startsWith("GET http://api.test:8080/base/v1/"));
    }

    @Test
    void jvmPropertiesNameAProxyToo() throws Exception {
        var certificate = new Certificate(folder, "dns:api.test");
        FakeProvider provider = provider(new FakeProvider(certificate.sockets(), "https"));
        var proxy = close(new ForwardProxy(provider.port(), ""));
        List<String> flags = new ArrayList<>(certificate.trustingFlags());
        flags.addAll(List.of("-Dhttps.proxyHost=127.0.0.1", "-Dhttps.proxyPort=" + proxy.port()));
        JarExporter exporter = exporter("https://api.test:8443", Map.of("HTTPS_PROXY", "http://unused:1"), flags);

        assertThat(exporter.http().get(PATH).statusCode()).isEqualTo(200);
        awaitPoll(provider);
        assertThat(proxy.requests()).allMatch(line -> line.equals("CONNECT api.test:8443 HTTP/1.1"));
    }

    @Test
    void loopbackIsReachedWithoutAProxyUnlessStated() throws Exception {
        FakeProvider provider = provider(new FakeProvider());
        String closed = "127.0.0.1:" + Daemon.freePort();
        JarExporter direct = exporter(provider.url(), Map.of("HTTP_PROXY", closed), List.of());
        assertThat(direct.http().get(PATH).statusCode()).isEqualTo(200);
        direct.terminate();

        var proxy = close(new ForwardProxy(provider.port(), ""));
        JarExporter stated = exporter(
                provider.url(),
                Map.of(),
                List.of("-Dhttp.nonProxyHosts=", "-Dhttp.proxyHost=127.0.0.1", "-Dhttp.proxyPort=" + proxy.port()));
        assertThat(stated.http().get(PATH).statusCode()).isEqualTo(200);
        assertThat(proxy.requests()).contains("GET " + provider.url() + "/v1/models HTTP/1.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://api.test", "http://api.test"})
    void refusedCredentialsAreNamedWithoutThem(String upstream) throws Exception {
        FakeProvider provider = provider(new FakeProvider());
        var proxy = close(new ForwardProxy(provider.port(), BASIC));
        String url = "http://user:wr0ng@127.0.0.1:" + proxy.port();
        JarExporter exporter = exporter(upstream, Map.of("HTTPS_PROXY", url, "HTTP_PROXY", url), List.of());

        HttpResponse<String> response = exporter.http().get(PATH);

        String words = "the proxy 127.0.0.1:" + proxy.port()
                + " refused the connection (407, which asks for credentials, or for others)";
        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("the provider, api.test, cannot be reached: " + words);
        Awaitility.await().untilAsserted(() -> assertThat(exporter.log()).contains(words));
        assertThat(exporter.log() + response.body()).doesNotContain("wr0ng");
        assertThat(provider.exchanges()).isEmpty();
    }

    @Test
    void proxyThatDoesNotListenIsNamed() throws Exception {
        String closed = "127.0.0.1:" + Daemon.freePort();
        JarExporter exporter = exporter("https://api.test", Map.of("HTTPS_PROXY", "user:s3cret@" + closed), List.of());

        HttpResponse<String> response = exporter.http().get(PATH);

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).contains("cannot be reached: the proxy " + closed + " cannot be reached (");
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(exporter.log()).contains("connection refused, through the proxy " + closed));
        assertThat(exporter.log() + response.body()).doesNotContain("s3cret");
    }

    @Test
    void proxyOfAnotherKindIsNamedWithoutItsPassword() throws Exception {
        JarExporter exporter =
                exporter("https://api.test", Map.of("HTTPS_PROXY", "socks5://user:s3cret@127.0.0.1:1"), List.of());

        assertThat(exporter.http().get(PATH).body())
                .contains("cannot be reached: HTTPS_PROXY must be http://host:port")
                .doesNotContain("s3cret");
        Awaitility.await()
                .untilAsserted(() -> assertThat(exporter.log()).contains("HTTPS_PROXY must be http://host:port"));
        assertThat(exporter.log()).doesNotContain("s3cret");
    }
}
