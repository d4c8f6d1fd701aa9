package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider behind TLS is called only if its certificate is valid for its name. */
class GatewayTlsIT {
    private static final String STREAM = "anthropic/stream-complete.sse";

    @TempDir
    Path folder;

    @Test
    void trustedProviderIsCalledAndItsConnectionReused() throws Exception {
        var certificate = new Certificate(folder, "ip:127.0.0.1");
        try (var provider = new FakeProvider(certificate.sockets(), "https");
                JarExporter exporter = exporter(provider, certificate.trustingFlags());
                var client = new RawHttp(exporter.http().port())) {
            provider.on("POST", "/v1/messages", FakeResponse.sample(STREAM).inPiecesOf(7));
            for (int i = 0; i < 10; i++) {
                RawHttp.Response response = client.post(MESSAGES, "{}").read();

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.complete()).isTrue();
                assertThat(response.bytes()).isEqualTo(Samples.bytes(STREAM));
            }
            assertThat(provider.connections()).isEqualTo(1);
        }
    }

    @Test
    void cutTlsStreamIsCutForTheClient() throws Exception {
        var certificate = new Certificate(folder, "ip:127.0.0.1");
        try (var provider = new FakeProvider(certificate.sockets(), "https");
                JarExporter exporter = exporter(provider, certificate.trustingFlags());
                var client = new RawHttp(exporter.http().port())) {
            provider.on("POST", "/v1/messages", FakeResponse.sample(STREAM).closesAfter(800));

            RawHttp.Response response = client.post(MESSAGES, "{}").read();

            assertThat(response.complete()).isFalse();
            assertThat(response.bytes()).hasSize(800);
        }
    }

    @Test
    void untrustedCertificateIsRejected() throws Exception {
        var certificate = new Certificate(folder, "ip:127.0.0.1");
        try (var provider = new FakeProvider(certificate.sockets(), "https")) {
            assertNotCalled(provider, List.of());
        }
    }

    @Test
    void certificateForAnotherNameIsRejected() throws Exception {
        var certificate = new Certificate(folder, "dns:api.example.com");
        try (var provider = new FakeProvider(certificate.sockets(), "https")) {
            assertNotCalled(provider, certificate.trustingFlags());
        }
    }

    @Test
    void providerWithoutTlsIsNotCalled() throws Exception {
        try (var plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var answering = CompletableFuture.runAsync(() -> {
                try (Socket socket = plain.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertNotReached("https://127.0.0.1:" + plain.getLocalPort());
            answering.join();
        }
    }

    @Test
    void stalledHandshakeTimesOut() throws Exception {
        try (var silent = new FakeProvider()) {
            assertNotReached(silent.url().replace("http:", "https:"));
            assertThat(silent.exchanges()).isEmpty();
        }
    }

    private void assertNotReached(String upstream) throws Exception {
        try (JarExporter exporter = exporter(upstream, List.of());
                var client = new RawHttp(exporter.http().port())) {
            assertThat(client.post(MESSAGES, "{}").read().status()).isEqualTo(502);
        }
    }

    private void assertNotCalled(FakeProvider provider, List<String> flags) throws Exception {
        provider.on("POST", "/v1/messages", FakeResponse.json(200, "{}"));
        try (JarExporter exporter = exporter(provider.url(), flags);
                var client = new RawHttp(exporter.http().port())) {
            RawHttp.Response response =
                    client.post(MESSAGES, "{}", "x-api-key: secret").read();

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.text()).contains("\"api_error\"");
            assertThat(provider.exchanges()).isEmpty();
        }
    }

    private JarExporter exporter(FakeProvider provider, List<String> flags) throws Exception {
        return exporter(provider.url(), flags);
    }

    private JarExporter exporter(String upstream, List<String> flags) throws Exception {
        var command = new ArrayList<>(ProcessRunner.jar(
                "--web.listen-address=127.0.0.1:0", "--config.file=" + GatewayConfig.write(folder, upstream)));
        command.addAll(1, flags);
        return new JarExporter(folder, Map.of(), command);
    }
}
