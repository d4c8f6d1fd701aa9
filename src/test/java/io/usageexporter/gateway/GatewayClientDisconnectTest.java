package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeExchange.Outcome;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that disconnects aborts its call, at any time and in any way. */
class GatewayClientDisconnectTest {
    private static final String STREAM = "anthropic/stream-complete.sse";
    private static final FakeResponse NEVER =
            FakeResponse.status(200).rawHead("").stallsAfter(0);

    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void disconnectDuringTheStreamAbortsTheCall(boolean reset) throws Exception {
        gateway.provider()
                .on("POST", "/v1/messages", FakeResponse.sample(STREAM).stallsAfter(1000));
        RawHttp client = gateway.connect();
        client.post(MESSAGES, "{}");
        client.in().readNBytes(300);

        leave(client, reset);

        assertStopped(gateway.provider().awaitExchange());
        gateway.awaitCalls(1, 200, "incomplete");
        gateway.awaitUsed("tokens", 57 + 3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void disconnectBeforeTheFirstByteAbortsTheCall(boolean reset) throws Exception {
        gateway.provider().on("POST", "/v1/messages", NEVER);
        RawHttp client = gateway.connect();
        client.post(MESSAGES, "{}");
        FakeExchange exchange = gateway.provider().awaitExchange();
        exchange.awaitBodySha256();

        leave(client, reset);

        assertStopped(exchange);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void disconnectWhileSendingAbortsTheCall(boolean reset) throws Exception {
        gateway.provider().on("POST", "/v1/messages", FakeResponse.json(200, "{}"));
        RawHttp client = gateway.connect();
        client.request("POST", MESSAGES, "Content-Length: 1000").write("half of it");
        FakeExchange exchange = gateway.provider().awaitExchange();
        Awaitility.await().until(() -> exchange.bodyLength() == 0 || exchange.bodyLength() == 10);

        leave(client, reset);

        assertStopped(exchange);
        assertThat(gateway.exporter()
                        .usage()
                        .at("/used/anthropic/daily/requests")
                        .asInt())
                .isZero();
    }

    /** Immediately, not with the next byte, which may never arrive. */
    private static void assertStopped(FakeExchange exchange) {
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(exchange::isOver);
        assertThat(exchange.awaitOutcome()).isEqualTo(Outcome.DISCONNECTED);
    }

    private static void leave(RawHttp client, boolean reset) throws IOException {
        if (reset) {
            client.reset();
        } else {
            client.close();
        }
    }
}
