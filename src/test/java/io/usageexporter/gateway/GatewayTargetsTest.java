package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The targets that calls through the gateway reach, and cannot reach. */
class GatewayTargetsTest {
    private static final FakeResponse OK = FakeResponse.json(200, "{}");

    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/v1/messages?beta=true /v1/messages?beta=true",
                "/v1/models?limit=1000&after_id=a%2Fb /v1/models?limit=1000&after_id=a%2Fb",
                "/v2/actors/apify~x/runs?token=a+b&x=%26%3D /v2/actors/apify~x/runs?token=a+b&x=%26%3D",
                "/v2/a%2Fb%2e%2e/%7Ec /v2/a%2Fb%2e%2e/%7Ec",
                "//evil.example/x //evil.example/x",
                "/../x /../x",
                "/v2/../../x /v2/../../x",
                "/v2/./x// /v2/./x//",
                "/v2/x;a=b;c /v2/x;a=b;c",
                "/v2/%00 /v2/%00",
                "/@growth/@evil.example/ /@evil.example/",
                "/http://evil.example/ /http://evil.example/",
                "/ /",
            })
    void pathAndQueryAreForwardedUnchanged(String target, String passed) throws Exception {
        gateway.provider().on(exchange -> true, OK);
        try (RawHttp client = gateway.connect()) {
            assertThat(client.get("/gateway/apify" + target).read().status()).isEqualTo(200);
        }
        FakeExchange asked = gateway.provider().awaitExchange();
        assertThat(asked.target()).isEqualTo(passed);
        assertThat(asked.header("host"))
                .isEqualTo("127.0.0.1:" + gateway.provider().port());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/gateway/apify", "/gateway/anthropic"})
    void pathOfManySegmentsIsForwarded(String base) throws Exception {
        gateway.provider().on(exchange -> true, OK);
        String path = "/v2" + "/a".repeat(100_000);
        try (RawHttp client = gateway.connect()) {
            assertThat(client.get(base + path).read().status()).isEqualTo(200);
        }
        assertThat(gateway.provider().awaitExchange().target()).isEqualTo(path);
    }

    @Test
    void noTargetOrHostLeadsToAnotherServer() throws Exception {
        gateway.provider().on(exchange -> true, OK);
        try (RawHttp client = gateway.connect()) {
            client.write("GET http://evil.example/gateway/anthropic/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            FakeExchange asked = gateway.provider().awaitExchange();
            assertThat(asked.target()).isEqualTo("/v1/models");
            assertThat(asked.headers("host"))
                    .containsExactly("127.0.0.1:" + gateway.provider().port());
        }
        int before = gateway.provider().exchanges().size();
        for (String request : List.of(
                "GET http://evil.example/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /gateway/evil.example/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /gateway/http://evil.example/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /gateway/anthropic.evil.example/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /gateway/anthropic@evil.example/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /gateway//anthropic/v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /gateway HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /gateway/ HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            try (RawHttp client = gateway.connect()) {
                assertThat(client.write(request).read().status()).as(request).isEqualTo(404);
            }
        }
        try (RawHttp client = gateway.connect()) {
            client.write("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n");
            assertThat(client.read().status()).isBetween(400, 499);
        }
        assertThat(gateway.provider().exchanges()).hasSize(before);
    }

    @Test
    void redirectIsForwardedAndNotFollowed() throws Exception {
        String location = "http://127.0.0.1:1/elsewhere";
        gateway.provider()
                .on(
                        "GET",
                        "/v1/models",
                        FakeResponse.line("HTTP/1.1 307 Temporary Redirect").header("location", location));
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response =
                    client.get("/gateway/anthropic/v1/models").read();

            assertThat(response.status()).isEqualTo(307);
            assertThat(response.values("location")).containsExactly(location);
        }
    }

    @Test
    void unknownProviderIs404() throws Exception {
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response =
                    client.post("/gateway/openai/v1/chat/completions", "{}").read();

            assertThat(response.status()).isEqualTo(404);
            assertThat(response.text()).contains("anthropic", "apify");
        }
    }
}
