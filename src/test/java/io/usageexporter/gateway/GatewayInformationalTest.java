package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.RawHttp;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Informational responses (1xx) before the final one. */
class GatewayInformationalTest {
    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String message(String model) {
        String body = ("{\"id\":\"msg_%s\",\"type\":\"message\",\"model\":\"%s\",\"content\":[],"
                        + "\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}")
                .formatted(model, model);
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nrequest-id: req_%s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(model, body.length(), body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100 Continue", "102 Processing", "103 Early Hints", "199 Any"})
    void finalResponseReachesItsCallerAndIsCounted(String informational) throws Exception {
        var released = new Semaphore(0);
        gateway.provider()
                .on(
                        "POST",
                        "/v1/messages",
                        FakeResponse.status(200)
                                .rawHead("HTTP/1.1 " + informational + "\r\nlink: </a>\r\n\r\n")
                                .body(bytes(message("a")))
                                .pacedBy(released),
                        FakeResponse.status(200).rawHead(message("b")),
                        FakeResponse.status(200).rawHead(message("c")));

        try (RawHttp first = gateway.connect();
                RawHttp others = gateway.connect()) {
            first.post(MESSAGES, "{}", "X-Usage-Category: first");
            gateway.provider().awaitExchange();
            for (String model : new String[] {"b", "c"}) {
                String text = others.post(MESSAGES, "{}", "X-Usage-Category: " + model)
                        .read()
                        .text();
                assertThat(text).contains("\"model\":\"" + model + "\"");
            }
            released.release();
            assertThat(first.read().text()).contains("\"model\":\"a\"");
        }

        gateway.awaitUsed("requests", 3);
        for (String category : new String[] {"first", "b", "c"}) {
            assertThat(gateway.exporter()
                            .usage()
                            .at("/breakdown/anthropic/daily/" + category + "/requests")
                            .asInt())
                    .as(category)
                    .isEqualTo(1);
        }
    }

    @Test
    void switchingProtocolsIs502AndItsConnectionIsNotReused() throws Exception {
        gateway.provider()
                .on(
                        "POST",
                        "/v1/messages",
                        FakeResponse.status(200)
                                .rawHead("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + message("a")),
                        FakeResponse.status(200).rawHead(message("b")));

        try (RawHttp client = gateway.connect()) {
            RawHttp.Response first = client.post(MESSAGES, "{}").read();
            assertThat(first.status()).isEqualTo(502);
            assertThat(first.text()).contains("switch of protocols");
            assertThat(client.post(MESSAGES, "{}").read().text()).contains("\"model\":\"b\"");
        }
        assertThat(gateway.provider().connections()).isEqualTo(2);
        gateway.awaitUsed("requests", 1);
    }
}
