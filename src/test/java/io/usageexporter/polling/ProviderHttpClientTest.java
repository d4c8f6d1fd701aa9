package io.usageexporter.polling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.FakeApi;
import io.usageexporter.testing.SettableClock;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderHttpClientTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Map<String, String> KEY = Map.of("Authorization", "Bearer SECRET-key");

    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private FakeApi provider;
    private ProviderHttpClient api;

    @BeforeEach
    void start() throws IOException {
        provider = new FakeApi(FakeApi.json("{\"data\": {\"units\": 0.1}}"));
        api = new ProviderHttpClient(provider.uri(), clock);
    }

    @AfterEach
    void stop() {
        api.close();
        provider.close();
    }

    private static ProviderException failure(ProviderHttpClient of) {
        ProviderException e =
                catchThrowableOfType(ProviderException.class, () -> of.get("/v2/users/me?token=SECRET-query", KEY));
        assertThat(e).hasMessageContaining("GET /v2/users/me").hasNoCause();
        assertThat(e.toString()).doesNotContain("SECRET");
        return e;
    }

    @Test
    void readsNumbersExactlyAndSendsPathQueryAndHeaders() throws Exception {
        BigDecimal units =
                api.get("/v2/users/me?date=2026-11-24", KEY).at("/data/units").decimalValue();

        assertThat(units).isEqualTo(new BigDecimal("0.1"));
        assertThat(provider.requests())
                .containsExactly(new FakeApi.Request("GET", "/v2/users/me?date=2026-11-24", "Bearer SECRET-key"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/prefix", "/prefix/"})
    void keepsThePathOfTheBaseUrl(String prefix) throws Exception {
        try (var prefixed = new ProviderHttpClient(URI.create(provider.uri() + prefix), clock)) {
            prefixed.get("/v2/users/me", Map.of());
        }
        assertThat(provider.targets()).containsExactly(prefix.replaceFirst("/$", "") + "/v2/users/me");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 401, 403, 404, 429, 500, 529})
    void failureHasTheStatusButNotTheBody(int status) {
        provider.otherwise(FakeApi.answer(status, "{\"error\": \"SECRET-body\"}", Map.of()));

        ProviderException e = failure(api);

        assertThat(e.status()).hasValue(status);
        assertThat(e.retryAfter()).isNull();
        assertThat(e.isNotFound()).isEqualTo(status == 404);
        assertThat(e.isRefused()).isEqualTo(status == 401 || status == 403);
    }

    @Test
    void followsNoRedirect() throws IOException {
        try (var other = new FakeApi(FakeApi.json("{}"))) {
            provider.otherwise(FakeApi.answer(302, "", Map.of("Location", other.uri() + "/elsewhere")));

            assertThat(failure(api).status()).hasValue(302);
            assertThat(other.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    7                             | 7
                    0                             | 0
                    Tue, 24 Nov 2026 09:16:30 GMT | 90
                    Tue, 24 Nov 2026 09:00:00 GMT | 0
                    soon                          |
                    -1                            |
                    99999999999999999999          |
                    """)
    void failureHasTheRetryAfter(String header, Long seconds) {
        provider.otherwise(FakeApi.answer(429, "", Map.of("Retry-After", header)));

        assertThat(failure(api).retryAfter()).isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>SECRET-body</html>", "{\"data\":", "{} {}", "{\"data\": SECRET}"})
    void acceptsOnlyOneCompleteJsonValue(String body) {
        provider.otherwise(FakeApi.answer(200, body, Map.of()));

        assertThat(failure(api).status()).isEmpty();
    }

    @Test
    void rejectsDeepNesting() {
        provider.otherwise(FakeApi.json("[".repeat(1_000_000)));

        assertThat(failure(api)).hasMessageContaining("not readable JSON");
    }

    @Test
    void rejectsJsonThatWouldNeedMuchMemory() {
        provider.otherwise(FakeApi.json("[" + "[],".repeat(1_000_000) + "[]]"));

        assertThat(failure(api)).hasMessageContaining("not readable JSON");
    }

    @Test
    void cancelsAResponseThatIsTooLarge() {
        provider.otherwise(FakeApi::flood);

        assertThat(failure(api)).hasMessageContaining("exceeds 16 MiB");
    }

    @Test
    void responseThatDoesNotStartOrEndTimesOut() {
        try (var hurried = new ProviderHttpClient(provider.uri(), SHORT, clock)) {
            provider.then(provider::stall).then(provider::trickle);

            assertThat(failure(hurried)).hasMessageContaining("response timed out");
            assertThat(failure(hurried)).hasMessageContaining("response timed out");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 20", "SECRET-junk\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"})
    void brokenConnectionIsReported(String sent) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var broken = new ProviderHttpClient(URI.create("http://127.0.0.1:" + server.getLocalPort()), clock)) {
            new Thread(() -> answerAndBreak(server, sent)).start();

            assertThat(failure(broken).status()).isEmpty();
        }
    }

    /** Until no request is left, since the client may try a second time. */
    private static void answerAndBreak(ServerSocket server, String sent) {
        while (!server.isClosed()) {
            try (Socket connection = server.accept();
                    OutputStream out = connection.getOutputStream()) {
                connection.getInputStream().read();
                out.write(sent.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                assertThat(e).isNotNull(); // closed
            }
        }
    }

    @Test
    void closedPortIsReported() throws Exception {
        try (var unreachable = new ProviderHttpClient(URI.create("http://127.0.0.1:" + Daemon.freePort()), clock)) {
            assertThat(failure(unreachable)).hasMessageContaining("connection refused");
        }
    }

    @Test
    void invalidCredentialIsNotShown() {
        ProviderException e = catchThrowableOfType(
                ProviderException.class, () -> api.get("/v2/users/me", Map.of("Authorization", "Bearer SECRET\nkey")));

        assertThat(e).hasMessageNotContaining("SECRET").hasNoCause();
    }

    @Test
    void closingCancelsRequestsInFlight() throws Exception {
        provider.otherwise(provider::stall);
        var asking = CompletableFuture.supplyAsync(() -> failure(api));
        Awaitility.await().until(() -> provider.requests().size() == 1);

        api.close();

        assertThat(asking.get()).hasMessageContaining("canceled");
        assertThat(failure(api)).hasMessageContaining("canceled");
    }

    @Test
    void interruptCancelsTheRequest() throws Exception {
        provider.otherwise(provider::stall);
        var caught = new CompletableFuture<Throwable>();
        var thread = new Thread(() -> {
            try {
                api.get("/v2/users/me", KEY);
            } catch (ProviderException | InterruptedException e) {
                caught.complete(e);
            }
        });
        thread.start();
        Awaitility.await().until(() -> provider.requests().size() == 1);

        thread.interrupt();

        assertThat(caught.get()).isInstanceOf(InterruptedException.class);
    }
}
