package io.usageexporter.polling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.usageexporter.testing.Daemon;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
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
    private FakeProvider provider;
    private ProviderHttpClient api;

    @BeforeEach
    void start() throws IOException {
        provider = new FakeProvider();
        respond(FakeResponse.json(200, "{\"data\": {\"units\": 0.1}}"));
        api = new ProviderHttpClient(URI.create(provider.url()), clock);
    }

    @AfterEach
    void stop() throws IOException {
        api.close();
        provider.close();
    }

    private void respond(FakeResponse response) {
        provider.on(exchange -> true, response);
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
        assertThat(provider.exchanges()).hasSize(1);
        FakeExchange exchange = provider.awaitExchange();
        assertThat(exchange.method()).isEqualTo("GET");
        assertThat(exchange.target()).isEqualTo("/v2/users/me?date=2026-11-24");
        assertThat(exchange.header("authorization")).isEqualTo("Bearer SECRET-key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/prefix", "/prefix/"})
    void keepsThePathOfTheBaseUrl(String prefix) throws Exception {
        try (var prefixed = new ProviderHttpClient(URI.create(provider.url() + prefix), clock)) {
            prefixed.get("/v2/users/me", Map.of());
        }
        assertThat(provider.exchanges())
                .extracting(FakeExchange::target)
                .containsExactly(prefix.replaceFirst("/$", "") + "/v2/users/me");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 401, 403, 404, 429, 500, 529})
    void failureHasTheStatusButNotTheBody(int status) {
        respond(FakeResponse.json(status, "{\"error\": \"SECRET-body\"}"));

        ProviderException e = failure(api);

        assertThat(e.status()).hasValue(status);
        assertThat(e.retryAfter()).isNull();
        assertThat(e.isNotFound()).isEqualTo(status == 404);
        assertThat(e.isRefused()).isEqualTo(status == 401 || status == 403);
    }

    @Test
    void followsNoRedirect() throws IOException {
        try (var other = new FakeProvider()) {
            respond(FakeResponse.status(302).header("location", other.url() + "/elsewhere"));

            assertThat(failure(api).status()).hasValue(302);
            assertThat(other.exchanges()).isEmpty();
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
        respond(FakeResponse.status(429).header("retry-after", header));

        assertThat(failure(api).retryAfter()).isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>SECRET-body</html>", "{\"data\":", "{} {}", "{\"data\": SECRET}"})
    void acceptsOnlyOneCompleteJsonValue(String body) {
        respond(FakeResponse.json(200, body));

        assertThat(failure(api).status()).isEmpty();
    }

    @Test
    void rejectsDeepNesting() {
        respond(FakeResponse.json(200, "[".repeat(1_000_000)));

        assertThat(failure(api)).hasMessageContaining("not readable JSON");
    }

    @Test
    void rejectsJsonThatWouldNeedMuchMemory() {
        respond(FakeResponse.json(200, "[" + "[],".repeat(1_000_000) + "[]]"));

        assertThat(failure(api)).hasMessageContaining("not readable JSON");
    }

    @Test
    void cancelsAResponseThatIsTooLarge() {
        respond(FakeResponse.status(200).flood(1L << 40).chunked());

        assertThat(failure(api)).hasMessageContaining("exceeds 16 MiB");
    }

    @Test
    void responseThatDoesNotStartOrEndTimesOut() {
        try (var impatient = new ProviderHttpClient(URI.create(provider.url()), SHORT, clock)) {
            provider.next(FakeResponse.silence())
                    .next(FakeResponse.json(200, "{}").chunked().stallsAfter(1));

            assertThat(failure(impatient)).hasMessageContaining("response timed out");
            assertThat(failure(impatient)).hasMessageContaining("response timed out");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 20", "SECRET-junk\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"})
    void brokenConnectionIsReported(String sent) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var broken = new ProviderHttpClient(URI.create("http://127.0.0.1:" + server.getLocalPort()), clock)) {
            new Thread(() -> respondAndBreak(server, sent)).start();

            assertThat(failure(broken).status()).isEmpty();
        }
    }

    /** Handles all requests, since the client may retry. */
    private static void respondAndBreak(ServerSocket server, String sent) {
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
        respond(FakeResponse.silence());
        var asking = CompletableFuture.supplyAsync(() -> failure(api));
        Awaitility.await().until(() -> provider.exchanges().size() == 1);

        api.close();

        assertThat(asking.get()).hasMessageContaining("canceled");
        assertThat(failure(api)).hasMessageContaining("canceled");
    }

    @Test
    void interruptCancelsTheRequest() throws Exception {
        respond(FakeResponse.silence());
        var caught = new CompletableFuture<Throwable>();
        var thread = new Thread(() -> {
            try {
                api.get("/v2/users/me", KEY);
            } catch (ProviderException | InterruptedException e) {
                caught.complete(e);
            }
        });
        thread.start();
        Awaitility.await().until(() -> provider.exchanges().size() == 1);

        thread.interrupt();

        assertThat(caught.get()).isInstanceOf(InterruptedException.class);
    }
}
