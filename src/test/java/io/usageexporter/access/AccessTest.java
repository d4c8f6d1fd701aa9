package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.ApiToken;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users and API tokens on every route, with the real curl. */
class AccessTest {
    private static final List<String> SCOPES = List.of("record", "read", "gateway", "admin");
    private static final String LONG = "p".repeat(80);

    // As crypt(3) makes them, which htpasswd uses.
    private static final String ALICE = "$2y$04$abcdefghijklmnopqrstuuZAsBUPgXClJT5PJGgx0IYuhcNRW3uxu";
    private static final String BOB = "$2a$04$abcdefghijklmnopqrstuuigviMnTL7PpWsi3c8uj32he27OfP0fi";
    private static final String OF_LONG = "$2b$04$abcdefghijklmnopqrstuuNt.0ah97gHY3F7JC1Z6EXmQc0bQBhIO";

    @TempDir
    Path folder;

    private Curl curl;
    private TestExporter exporter;

    @BeforeEach
    void start() throws Exception {
        curl = new Curl(folder);
        var config = new StringBuilder("""
            providers:
              anthropic: {resources: [requests, tokens], gateway: {upstream: 'http://127.0.0.1:1'}}
              apify: {resources: [compute_units], webhook: {secret_file: webhook}}
            api_tokens:
            """);
        for (String scope : SCOPES) {
            config.append(token(scope, scope, ""));
        }
        config.append(token("growth", "record, gateway", ", consumer: growth"));
        Files.writeString(folder.resolve("webhook"), "webhook-secret");
        Files.writeString(folder.resolve("usage.yml"), config);
        Files.writeString(folder.resolve("web.yml"), """
            basic_auth_users:
              alice: %s
              bob: %s
              long: %s
            http_server_config: {headers: {X-Frame-Options: sameorigin}}
            """.formatted(ALICE, BOB, OF_LONG));
        exporter = new TestExporter(
                folder.resolve("usage.db"),
                folder.resolve("usage.yml"),
                folder.resolve("web.yml"),
                new SettableClock("2026-11-24T09:15:00Z"));
    }

    @AfterEach
    void stop() throws Exception {
        exporter.close();
    }

    private static String token(String name, String scopes, String rest) {
        return "  - {name: " + name + ", sha256: " + ApiToken.hash(secret(name)) + ", scopes: [" + scopes + "]" + rest
                + "}\n";
    }

    private static String secret(String name) {
        return "ue_token-of-" + name;
    }

    private Curl.Response get(String path, String... options) throws Exception {
        return curl.get("http://127.0.0.1:" + exporter.http().port() + path, options);
    }

    private Curl.Response with(String token, String method, String path) throws Exception {
        return get(path, "-X", method, "-H", "Authorization: Bearer " + secret(token));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /,                          read",
        "GET,    /usage,                     read",
        "HEAD,   /usage,                     read",
        "GET,    /api/usage,                 read",
        "GET,    /api/usage/history,         read",
        "GET,    /metrics,                   read",
        "GET,    /-/ready,                   read",
        "GET,    /nowhere,                   read",
        "GET,    /webhooks/apify/x,          read",
        "POST,   /api/usage,                 record",
        "POST,   /otlp/v1/metrics,           record",
        "POST,   /api/usage/,                admin",
        "POST,   /nowhere,                   admin",
        "POST,   /webhooks/nobody/x,         admin",
        "POST,   /webhooks/apify/x/y,        admin",
        "POST,   /-/reload,                  admin",
        "DELETE, /api/usage/x,               admin",
        "POST,   /gateway/anthropic/v1/x,    gateway",
        "GET,    /gateway/nobody/v1/x,       gateway",
    })
    void eachRouteNeedsItsScope(String method, String path, String needed) throws Exception {
        String[] options = method.equals("HEAD") ? new String[] {"-I"} : new String[] {"-X", method};
        Curl.Response without = get(path, options);
        assertThat(without.status()).isEqualTo(401);
        assertThat(without.head()).contains("WWW-Authenticate: Bearer").contains("WWW-Authenticate: Basic");
        if (needed.equals("gateway")) {
            return; // below
        }
        for (String scope : SCOPES) {
            int status = method.equals("HEAD")
                    ? get(path, "-I", "-H", "Authorization: Bearer " + secret(scope))
                            .status()
                    : with(scope, method, path).status();
            if (scope.equals(needed)) {
                assertThat(status).as(scope).isNotIn(401, 403);
            } else {
                assertThat(status).as(scope).isEqualTo(403);
            }
        }
    }

    @Test
    void onlyHealthIsForEveryone() throws Exception {
        assertThat(get("/-/healthy").status()).isEqualTo(200);
        assertThat(get("/-/healthy", "-X", "POST").status()).isEqualTo(405);
    }

    @Test
    void aWrongScopeIsNamed() throws Exception {
        assertThat(with("record", "GET", "/metrics").body())
                .contains("\"status\":403")
                .contains("the API token record lacks the scope read; it has record");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer wrong", "Bearer ", "Bearer", "Digest x", "Basic", "Basic ***", "Basic YWxpY2U="})
    void whatIsNotValidIs401(String authorization) throws Exception {
        assertThat(get("/metrics", "-H", "Authorization: " + authorization).status())
                .isEqualTo(401);
    }

    @Test
    void aTokenMayHaveAHeaderOfItsOwn() throws Exception {
        assertThat(get("/metrics", "-H", "X-Usage-Token: " + secret("read")).status())
                .isEqualTo(200);
        assertThat(get("/metrics", "-H", "X-Usage-Token: wrong").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "alice, alice-pässword, 200",
        "bob,   bob-password,   200",
        "alice, bob-password,   401",
        "carol, alice-pässword, 401",
        "alice, '',             401",
    })
    void usersMayDoEverything(String user, String password, int status) throws Exception {
        for (int i = 0; i < 2; i++) { // the second time from memory
            assertThat(get("/metrics", "-u", user + ":" + password).status()).isEqualTo(status);
        }
        assertThat(get("/-/reload", "-X", "POST", "-u", user + ":" + password).status())
                .isEqualTo(status);
    }

    @Test
    void aPasswordIsCutWhereBcryptCutsIt() throws Exception {
        assertThat(get("/metrics", "-u", "long:" + LONG).status()).isEqualTo(200);
        assertThat(get("/metrics", "-u", "long:" + LONG.substring(0, 72)).status())
                .isEqualTo(200);
        assertThat(get("/metrics", "-u", "long:" + LONG.substring(0, 71)).status())
                .isEqualTo(401);
    }

    @Test
    void aTokenRecordsForItsConsumerWhateverTheEventSays() throws Exception {
        String event = "{\"provider\": \"anthropic\", \"consumer\": \"other\", \"usage\": {\"requests\": 7}}";
        assertThat(get(
                                "/api/usage",
                                "-H",
                                "Authorization: Bearer " + secret("growth"),
                                "-H",
                                "Content-Type: application/json",
                                "-d",
                                event)
                        .status())
                .isEqualTo(200);
        assertThat(get("/metrics", "-H", "X-Usage-Token: " + secret("read")).body())
                .contains("consumer=\"growth\"")
                .doesNotContain("consumer=\"other\"");
    }

    @Test
    void aTokenWithoutAConsumerLeavesItToTheEvent() throws Exception {
        assertThat(get(
                                "/api/usage",
                                "-H",
                                "Authorization: Bearer " + secret("record"),
                                "-H",
                                "Content-Type: application/json",
                                "-d",
                                Events.RECOMMENDATION)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aWebhookHasASecretOfItsOwn() throws Exception {
        String[] payload = {"-H", "Content-Type: application/json", "-d", "{}"};
        assertThat(get("/webhooks/apify/webhook-secret", payload).status()).isEqualTo(400);
        assertThat(get("/webhooks/apify/wrong", payload).status()).isEqualTo(401);
        assertThat(get("/webhooks/apify", "-d", "{}", "-H", "Authorization: Bearer " + secret("admin"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aGatewayCallIsRefusedInTheFormOfTheProvider() throws Exception {
        Curl.Response refused = get("/gateway/anthropic/v1/messages", "-d", "{}", "-H", "x-api-key: sk-ant-x");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.body()).contains("\"type\":\"authentication_error\"").contains("X-Usage-Token");
        assertThat(get("/gateway/apify/v2/users/me").body()).contains("\"type\":\"user-or-token-not-found\"");
        assertThat(get("/gateway/anthropic/v1/messages", "-d", "{}", "-H", "Authorization: Bearer " + secret("gateway"))
                        .status())
                .as("a bearer token is the provider's")
                .isEqualTo(401);
        assertThat(get("/gateway/anthropic/!" + secret("record") + "/v1/messages", "-d", "{}"))
                .returns(403, Curl.Response::status)
                .extracting(Curl.Response::body)
                .asString()
                .contains("\"type\":\"permission_error\"");
        assertThat(get("/gateway/anthropic/!" + secret("gateway") + "/v1/messages", "-d", "{}")
                        .status())
                .as("forwarded to a provider that does not exist")
                .isEqualTo(502);
    }

    @Test
    void headersAreSetOnAllResponsesButThoseOfProviders() throws Exception {
        assertThat(get("/metrics").head()).contains("X-Frame-Options: sameorigin");
        assertThat(get("/usage", "-u", "bob:bob-password", "-H", "Accept: text/html")
                        .head())
                .contains("X-Frame-Options: sameorigin")
                .doesNotContain("DENY");
        assertThat(get("/gateway/anthropic/v1/messages", "-d", "{}").head()).doesNotContain("X-Frame-Options");
    }

    @Test
    void tokensFollowAReload() throws Exception {
        Files.writeString(
                folder.resolve("usage.yml"),
                Files.readString(folder.resolve("usage.yml"))
                        .replace(ApiToken.hash(secret("read")), ApiToken.hash("n")));
        assertThat(with("read", "GET", "/metrics").status()).isEqualTo(200);
        assertThat(with("admin", "POST", "/-/reload").status()).isEqualTo(200);
        assertThat(with("read", "GET", "/metrics").status()).isEqualTo(401);
        assertThat(get("/metrics", "-H", "X-Usage-Token: n").status()).isEqualTo(200);
    }

    @Test
    void refusalsAreCounted() throws Exception {
        get("/usage");
        assertThat(get("/metrics", "-u", "bob:bob-password").body())
                .contains("usage_exporter_http_refused_total{reason=\"unauthenticated\"} 1.0")
                .containsPattern(
                        "http_server_requests_seconds_count\\{[^}]*status=\"401\"[^}]*uri=\"REFUSED\"[^}]*} 1");
    }

    /** Of all requests that arrive, with credentials or not. */
    @Test
    void requestsBeyondTheRateGetA429UntilTheLimitIsLifted() throws Exception {
        Path web = folder.resolve("web.yml");
        String unlimited = Files.readString(web);
        Files.writeString(web, unlimited + "rate_limit: {interval: 1h, burst: 3}\n");
        assertThat(with("admin", "POST", "/-/reload").status()).isEqualTo(200);

        assertThat(with("read", "GET", "/metrics").status()).isEqualTo(200);
        assertThat(get("/metrics").status()).isEqualTo(401);
        assertThat(with("admin", "POST", "/nowhere").status()).isEqualTo(404);
        Curl.Response refused = with("read", "GET", "/metrics");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.head()).contains("Retry-After: 3600", "Content-Type: application/problem+json");
        assertThat(refused.body()).contains("\"status\":429", "rate_limit");
        assertThat(get("/gateway/anthropic/v1/messages", "-H", "X-Usage-Token: " + secret("gateway")))
                .returns(429, Curl.Response::status)
                .extracting(Curl.Response::body)
                .asString()
                .contains("\"type\":\"rate_limit_error\"");
        assertThat(get("/-/healthy").status()).isEqualTo(200);

        Files.writeString(web, unlimited);
        Awaitility.await()
                .until(() -> with("read", "GET", "/metrics")
                        .body()
                        .contains("usage_exporter_http_refused_total{reason=\"rate_limit\"}"));
    }
}
