package io.usageexporter.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.config.ApiToken;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Http;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** API tokens of gateway calls, which the provider never sees. */
class GatewayTokenTest {
    private static final String TOKEN = "ue_secret-of-the-gateway";

    @TempDir
    Path folder;

    private FakeProvider provider;
    private TestExporter exporter;

    @BeforeEach
    void start() throws Exception {
        provider = new FakeProvider();
        provider.on(exchange -> true, FakeResponse.sample("anthropic/messages-response-cached.json"));
        start("""
                api_tokens:
                  - {name: gateway, sha256: %s, scopes: [gateway, read], consumer: growth}
                """.formatted(ApiToken.hash(TOKEN)));
    }

    private void start(String tokens) throws Exception {
        Path config = Files.writeString(
                folder.resolve("usage.yml"),
                "providers: {anthropic: {resources: [requests, tokens], gateway: {upstream: '" + provider.url()
                        + "'}}}\n" + tokens);
        exporter = new TestExporter(folder.resolve("usage.db"), config, new SettableClock("2026-11-24T09:15:00Z"));
    }

    @AfterEach
    void stop() throws Exception {
        exporter.close();
        provider.close();
    }

    private Http http() {
        return exporter.http();
    }

    @ParameterizedTest
    @CsvSource({
        "/gateway/anthropic/!TOKEN/v1/messages,                    -",
        "/gateway/anthropic/%21TOKEN/v1/messages,                  -",
        "/gateway/anthropic/~mail/!TOKEN/@other/v1/messages,       -",
        "/gateway/anthropic/v1/messages,                           TOKEN",
        "/gateway/anthropic/@other/v1/messages,                    TOKEN",
    })
    void neitherHeaderNorSegmentIsPassedOnAndTheTokenNamesTheConsumer(String path, String header) {
        var headers = header.equals("-")
                ? new String[] {"X-Usage-Consumer", "other", "x-api-key", "sk-ant-1"}
                : new String[] {"X-Usage-Token", TOKEN, "Authorization", "Bearer of-the-provider"};
        assertThat(http().get(path.replace("TOKEN", TOKEN), headers).statusCode())
                .isEqualTo(200);

        FakeExchange seen = provider.awaitExchange();
        assertThat(seen.target()).isEqualTo("/v1/messages");
        assertThat(seen.header("X-Usage-Token")).isNull();
        assertThat(seen.header(header.equals("-") ? "x-api-key" : "Authorization"))
                .isNotNull();
    }

    @Test
    void usageIsRecordedForTheConsumerOfTheToken() {
        assertThat(http().post("/gateway/anthropic/!" + TOKEN + "/@other/v1/messages", "application/json", "{}")
                        .statusCode())
                .isEqualTo(200);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        http().get("/metrics", "X-Usage-Token", TOKEN).body().contains("consumer=\"growth\""));
        assertThat(http().get("/metrics", "X-Usage-Token", TOKEN).body()).doesNotContain("consumer=\"other\"");
    }

    @Test
    void withoutTokensInTheConfigurationNoneIsPassedOnEither() throws Exception {
        exporter.close();
        start("");
        assertThat(http().get("/gateway/anthropic/!" + TOKEN + "/v1/messages", "X-Usage-Token", "x")
                        .statusCode())
                .isEqualTo(200);
        assertThat(provider.awaitExchange().target()).isEqualTo("/v1/messages");
        assertThat(provider.awaitExchange().header("X-Usage-Token")).isNull();
    }

    @Test
    void aRefusedCallNeverReachesTheProvider() {
        for (String path : List.of("/gateway/anthropic/v1/messages", "/gateway/anthropic/!wrong/v1/messages")) {
            assertThat(http().get(path, "x-api-key", "sk-ant-1").statusCode()).isEqualTo(401);
        }
        assertThat(provider.exchanges()).isEmpty();
        assertThat(http().get("/metrics", "X-Usage-Token", TOKEN).body())
                .contains(
                        "usage_exporter_gateway_requests_total{code=\"401\",outcome=\"error\",provider=\"anthropic\"} 2");
    }
}
