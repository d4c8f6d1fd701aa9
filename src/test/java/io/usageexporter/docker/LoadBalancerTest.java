package io.usageexporter.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.RequiredTool;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stack's nginx.conf, by the real nginx, before two servers that stand for exporters. */
class LoadBalancerTest {
    private static final String OK = "HTTP/1.1 200 OK";

    @TempDir
    Path folder;

    private final FakeProvider first;
    private final FakeProvider second;
    private Process nginx;
    private int port;

    LoadBalancerTest() throws IOException {
        first = new FakeProvider();
        second = new FakeProvider();
    }

    @BeforeEach
    void start() throws Exception {
        RequiredTool.require("nginx", "nginx-light");
        port = Daemon.freePort();
        String text = replace(
                Files.readString(Dockerfile.FOLDER.resolve("nginx.conf")),
                List.of(
                        "listen 8080;", "listen 127.0.0.1:" + port + ";",
                        "server exporter:5000 resolve", "server 127.0.0.1:" + first.port(),
                        "server exporter-2:5000 resolve", "server 127.0.0.1:" + second.port(),
                        " /tmp/", " " + folder + "/",
                        "error_log /dev/stderr", "daemon off; error_log stderr"));
        Path config = Files.writeString(folder.resolve("nginx.conf"), text);
        var command = List.of("nginx", "-p", folder.toString(), "-e", "stderr", "-c", config.toString());
        Path log = folder.resolve("log");
        nginx = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await().ignoreException(ConnectException.class).until(() -> {
            assertThat(nginx.isAlive()).as(Files.readString(log)).isTrue();
            new RawHttp(port).close();
            return true;
        });
    }

    private static String replace(String text, List<String> replacements) {
        for (int i = 0; i < replacements.size(); i += 2) {
            assertThat(text).contains(replacements.get(i));
            text = text.replace(replacements.get(i), replacements.get(i + 1));
        }
        return text;
    }

    @AfterEach
    void stop() throws IOException {
        nginx.destroy();
        assertThat(nginx.onExit()).succeedsWithin(Duration.ofSeconds(20));
        first.close();
        second.close();
    }

    private RawHttp.Response post(String path) throws IOException {
        try (var client = new RawHttp(port)) {
            return client.post(path, "{}", "Content-Type: application/json").read();
        }
    }

    private RawHttp.Response get(String path) throws IOException {
        try (var client = new RawHttp(port)) {
            return client.get(path).read();
        }
    }

    private static FakeResponse ok(String body) {
        return FakeResponse.line(OK).body(body.getBytes(StandardCharsets.UTF_8));
    }

    private List<FakeExchange> exchanges() {
        return Stream.of(first, second)
                .flatMap(server -> server.exchanges().stream())
                .toList();
    }

    @Test
    void bothAreUsed() throws IOException {
        first.on(exchange -> true, ok("first"));
        second.on(exchange -> true, ok("second"));

        assertThat(List.of(get("/usage").body(), get("/usage").body())).containsExactlyInAnyOrder("first", "second");
    }

    @Test
    void anExporterThatIsDownIsLeftOutAlsoForAPost() throws IOException {
        second.on(exchange -> true, ok("second"));
        first.close();

        for (int i = 0; i < 4; i++) {
            assertThat(post("/api/usage").body()).isEqualTo("second");
        }
    }

    /** What may have been recorded, or have cost something, is up to the client, which knows whether it has an id. */
    @Test
    void aPostThatMayHaveArrivedIsNotRepeated() throws IOException {
        for (var server : List.of(first, second)) {
            server.on(exchange -> true, FakeResponse.status(200).rawHead("").closesAfter(0));
        }

        assertThat(post("/gateway/anthropic/v1/messages").status()).isEqualTo(502);

        assertThat(exchanges()).hasSize(1);
    }

    @Test
    void aReadingIsRepeatedElsewhere() throws IOException {
        first.on(exchange -> true, FakeResponse.status(200).rawHead("").closesAfter(0));
        second.on(exchange -> true, ok("second"));

        assertThat(List.of(get("/usage").body(), get("/usage").body())).containsOnly("second");
    }

    /** A response of the exporter or of a provider is no failure of the exporter. */
    @Test
    void aResponseIsPassedOnWhateverItsStatus() throws IOException {
        for (var server : List.of(first, second)) {
            server.on(
                    exchange -> true,
                    FakeResponse.json(503, "{}").header("retry-after", "1").header("Server", "exporter"));
        }

        for (RawHttp.Response response : List.of(get("/-/ready"), post("/api/usage"))) {
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.values("retry-after")).containsExactly("1");
            assertThat(response.values("server")).containsExactly("exporter");
        }
        assertThat(exchanges()).hasSize(2);
    }

    @Test
    void aStreamPassesAsItArrives() throws IOException {
        var pace = new Semaphore(0);
        for (var server : List.of(first, second)) {
            server.on(
                    exchange -> true,
                    ok("data: 1\n\ndata: 2\n\n").chunked().inPiecesOf(9).pacedBy(pace));
        }
        try (var client = new RawHttp(port)) {
            client.post("/gateway/anthropic/v1/messages", "{}");
            pace.release();

            var received = new StringBuilder();
            while (!received.toString().contains("data: 1")) {
                received.append((char) client.in().read());
            }

            assertThat(exchanges().get(0).isOver()).isFalse();
            pace.release(2);
        }
    }

    @Test
    void targetAndHeadersArriveAsTheyWereSent() throws IOException {
        for (var server : List.of(first, second)) {
            server.on(exchange -> true, ok("").header("X-Accel-Redirect", "/metrics"));
        }
        String target = "/gateway/anthropic/~a%2Fb//v1/models?x=%20&y=+";
        try (var client = new RawHttp(port)) {
            client.get(target, "x_unusual: 1", "X-Long: " + "a".repeat(40_000));
            assertThat(client.read().status()).isEqualTo(200);
        }

        FakeExchange exchange = exchanges().get(0);
        assertThat(exchange.target()).isEqualTo(target);
        assertThat(exchange.headers("x_unusual")).containsExactly("1");
        assertThat(exchange.headers("x-long")).singleElement().asString().hasSize(40_000);
        assertThat(exchange.headers("host")).containsExactly("localhost");
    }
}
