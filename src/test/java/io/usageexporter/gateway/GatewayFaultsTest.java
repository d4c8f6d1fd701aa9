package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeExchange.Outcome;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.TestExporter;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A fault at the provider reaches the client in time and never looks like a complete response. */
class GatewayFaultsTest {
    private static final String STREAM = "anthropic/stream-complete.sse";
    private static final String TRUNCATED = "anthropic/stream-truncated.sse";
    private static final FakeResponse NEVER =
            FakeResponse.status(200).rawHead("").stallsAfter(0);

    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    /** Each with the tokens that it reports before it is cut. */
    static Stream<Arguments> cutStreams() {
        return Stream.of(
                Arguments.of(FakeResponse.sample(TRUNCATED).closesAfter(Long.MAX_VALUE), 88 + 2),
                Arguments.of(FakeResponse.sample(TRUNCATED).inPiecesOf(1).closesAfter(Long.MAX_VALUE), 88 + 2),
                Arguments.of(FakeResponse.sample(STREAM).withLength().closesAfter(700), 57 + 3),
                Arguments.of(FakeResponse.sample(STREAM).closesAfter(700), 57 + 3));
    }

    @ParameterizedTest
    @MethodSource("cutStreams")
    void cutStreamIsCutForTheClientAndItsUsageSoFarIsRecorded(FakeResponse cut, int tokens) throws Exception {
        gateway.provider().on("POST", "/v1/messages", cut);
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response = client.post(MESSAGES, "{}").read();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.complete()).isFalse();
            assertThat(response.text()).startsWith("event: message_start");
            assertThat(client.isOver()).isTrue();
        }
        gateway.awaitCalls(1, 200, "incomplete");
        gateway.awaitUsed("requests", 1);
        gateway.awaitUsed("tokens", tokens);
    }

    @Test
    void everyByteBeforeACutIsForwarded() throws Exception {
        gateway.provider()
                .on("POST", "/v1/messages", FakeResponse.sample(TRUNCATED).closesAfter(Long.MAX_VALUE));
        try (RawHttp client = gateway.connect()) {
            assertThat(client.post(MESSAGES, "{}").read().bytes()).isEqualTo(Samples.bytes(TRUNCATED));
        }
        gateway.awaitMetric(
                "api_usage_tokens_total{category=\"uncategorized\",kind=\"input\",model=\""
                        + "claude-sonnet-5-5\",provider=\"anthropic\"}",
                "88");
    }

    @Test
    void resetDuringTheStreamClosesTheClientsConnection() throws Exception {
        gateway.provider()
                .on(
                        "POST",
                        "/v1/messages",
                        FakeResponse.sample(STREAM).inPiecesOf(100).resetsAfter(800));
        try (RawHttp client = gateway.connect()) {
            client.post(MESSAGES, "{}");

            assertThat(client.isOver()).isTrue();
        }
    }

    @Test
    void responseWithoutLengthEndsWithItsConnection() throws Exception {
        gateway.provider()
                .on("POST", "/v1/messages", FakeResponse.sample(STREAM).untilClose());
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response = client.post(MESSAGES, "{}").read();

            assertThat(response.complete()).isTrue();
            assertThat(response.bytes()).isEqualTo(Samples.bytes(STREAM));
        }
        gateway.awaitCalls(1, 200, "complete");
    }

    @Test
    void silentProviderTimesOutWith504() throws Exception {
        try (var impatient = GatewayExtension.with("timeout: 1s").start();
                RawHttp client = impatient.connect()) {
            impatient.provider().on("POST", "/v1/messages", NEVER);
            RawHttp.Response response = client.post(MESSAGES, "{}").read();

            assertThat(response.status()).isEqualTo(504);
            assertThat(TestExporter.json(response.text()).at("/error/type").asText())
                    .isEqualTo("timeout_error");
            assertThat(impatient.provider().awaitExchange().awaitOutcome()).isEqualTo(Outcome.DISCONNECTED);
            impatient.awaitCalls(1, 504, "error");

            impatient.provider().on("GET", "/v2/actor-runs/Rn1", NEVER);
            RawHttp.Response apifys =
                    client.get("/gateway/apify/v2/actor-runs/Rn1").read();
            assertThat(apifys.status()).isEqualTo(504);
            assertThat(TestExporter.json(apifys.text()).at("/error/type").asText())
                    .isNotEmpty();
        }
    }

    @Test
    void stalledStreamTimesOut() throws Exception {
        try (var impatient = GatewayExtension.with("timeout: 1s").start();
                RawHttp client = impatient.connect()) {
            impatient
                    .provider()
                    .on("POST", "/v1/messages", FakeResponse.sample(STREAM).stallsAfter(600));
            RawHttp.Response response = client.post(MESSAGES, "{}").read();

            assertThat(response.complete()).isFalse();
            assertThat(response.bytes()).hasSize(600);
            assertThat(impatient.provider().awaitExchange().awaitOutcome()).isEqualTo(Outcome.DISCONNECTED);
        }
    }

    static Stream<FakeResponse> noAnswers() {
        return Stream.of(
                        "",
                        "HTTP/1.1 200 OK\r\ncontent-ty",
                        "HTTP/1.1 2",
                        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                        "HTTP/1.1 200 OK\r\nx: " + "x".repeat(100_000))
                .flatMap(head -> Stream.of(
                        FakeResponse.status(200).rawHead(head).closesAfter(0),
                        FakeResponse.status(200).rawHead(head).resetsAfter(0)));
    }

    @ParameterizedTest
    @MethodSource("noAnswers")
    void closeWithoutResponseIs502(FakeResponse nothing) throws Exception {
        gateway.provider().on("POST", "/v1/messages", nothing);
        try (RawHttp client = gateway.connect()) {
            RawHttp.Response response = client.post(MESSAGES, "{}").read();

            assertThat(response.status()).isEqualTo(502);
            assertThat(response.values("content-type")).containsExactly("application/json");
            assertThat(TestExporter.json(response.text()).at("/error/type").asText())
                    .isEqualTo("api_error");
        }
        gateway.awaitCalls(1, 502, "error");
        assertThat(gateway.exporter()
                        .usage()
                        .at("/used/anthropic/daily/requests")
                        .asInt())
                .isZero();
    }

    @Test
    void unreachableProviderIs502() throws Exception {
        gateway.provider().close();
        try (RawHttp client = gateway.connect()) {
            assertThat(client.post(MESSAGES, "{}").read().status()).isEqualTo(502);
            // The client's connection serves on.
            assertThat(client.get("/-/healthy").read().status()).isEqualTo(200);
        }
    }

    @Test
    void connectionClosedByTheProviderIsNotReused() throws Exception {
        gateway.provider()
                .on(
                        "POST",
                        "/v1/messages",
                        FakeResponse.json(200, "{}").closesAfter(Long.MAX_VALUE),
                        FakeResponse.json(201, "{}"));
        try (RawHttp client = gateway.connect()) {
            assertThat(client.post(MESSAGES, "{}").read().status()).isEqualTo(200);
            Awaitility.await().until(() -> gateway.provider().openConnections() == 0);
            assertThat(client.post(MESSAGES, "{}").read().status()).isEqualTo(201);
        }
    }

    @Test
    void responseBeforeTheEndOfTheRequestIsForwarded() throws Exception {
        gateway.provider()
                .on(
                        "POST",
                        "/v1/messages",
                        FakeResponse.sample("anthropic/error-413-request-too-large.json")
                                .statusLine("HTTP/1.1 413 Payload Too Large")
                                .beforeBody());
        try (RawHttp client = gateway.connect()) {
            client.request("POST", MESSAGES, "Content-Length: 100000000");
            client.out().write(new byte[100_000]);

            RawHttp.Response response = client.read();

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.text()).contains("request_too_large");
        }
    }

    @Test
    void manyFaultsLeakNeitherConnectionsNorCalls() throws Exception {
        List<FakeResponse> faults = Stream.concat(
                        cutStreams().map(arguments -> (FakeResponse) arguments.get()[0]), noAnswers())
                .toList();
        gateway.provider().on("POST", "/v1/messages", faults.toArray(new FakeResponse[0]));
        for (int i = 0; i < faults.size(); i++) {
            try (RawHttp client = gateway.connect()) {
                RawHttp.Response response = client.post(MESSAGES, "{}").read();
                assertThat(response.status() == 502 || !response.complete())
                        .as("fault " + i)
                        .isTrue();
            }
        }
        gateway.provider().on("POST", "/v1/messages", FakeResponse.sample("anthropic/messages-response-minimal.json"));
        try (RawHttp client = gateway.connect()) {
            assertThat(client.post(MESSAGES, "{}").read().status()).isEqualTo(200);
        }
        Awaitility.await().until(() -> gateway.provider().openConnections() <= 1);
    }
}
