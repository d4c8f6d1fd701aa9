package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which responses are repeats of one that was recorded. */
class GatewayRepeatsTest {
    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension().respondingWithMessages();

    /** A client library resends a request whose response was lost. */
    private void nextMessage(String requestId, String messageId, int input) {
        FakeResponse message = FakeResponse.json(
                200, "{\"id\":\"" + messageId + "\",\"model\":\"m\",\"usage\":{\"input_tokens\":" + input + "}}");
        gateway.provider().next(requestId.isEmpty() ? message : message.header("request-id", requestId));
    }

    @ParameterizedTest
    @CsvSource({"req_same, msg_same", "'', msg_same"})
    void repeatedResponseCountsOnceEvenAfterARestart(String requestId, String messageId) throws Exception {
        for (int i = 0; i < 2; i++) {
            nextMessage(requestId, messageId, 7);
            gateway.post(MESSAGES);
        }
        gateway.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "1");
        gateway.restart();
        nextMessage(requestId, messageId, 7);
        gateway.post(MESSAGES);

        gateway.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "1");
        assertThat(gateway.used("requests")).isEqualByComparingTo("1");
        assertThat(gateway.used("tokens")).isEqualByComparingTo("7");
    }

    @Test
    void responsesWithReusedIdsButOtherFiguresCountOnceEach() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 30; i++) {
                nextMessage("", "chatcmpl-" + i % 9, 100 + i);
                gateway.post(MESSAGES);
            }
        }
        gateway.awaitUsed("requests", 30);
        gateway.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "30");
        assertThat(gateway.used("tokens")).isEqualByComparingTo(Integer.toString(30 * 100 + 29 * 30 / 2));
    }

    @Test
    void constantRequestIdHidesNoMessageWithTheSameFigures() {
        for (String message : List.of("a", "b", "c", "b", "a")) {
            nextMessage("req_constant", "msg_" + message, 7);
            gateway.post(MESSAGES);
        }
        gateway.awaitUsed("requests", 3);
        gateway.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "2");
    }

    @Test
    void differentRequestWithTheSameResponseIsNoRepeat() {
        for (String prompt : List.of("a", "b", "a")) {
            nextMessage("req_constant", "chatcmpl-1", 7);
            gateway.sendAsync("POST", MESSAGES, "{\"model\":\"m\",\"prompt\":\"" + prompt + "\"}")
                    .join();
        }
        gateway.awaitUsed("requests", 2);
        gateway.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "1");
    }

    @Test
    void usageThatTheClientPostedDuringTheCallIsAmended() {
        gateway.exporter().record("""
                {"id": "anthropic:req_1", "provider": "anthropic", "category": "mail",
                 "usage": {"input_tokens": 5, "output_tokens": 0}}""");
        nextMessage("req_1", "msg_1", 7);
        gateway.post(MESSAGES);
        gateway.awaitUsed("tokens", 7);
        assertThat(gateway.used("requests")).isEqualByComparingTo("1");

        gateway.clock().advance(Duration.ofHours(1));
        nextMessage("req_1", "msg_1", 9);
        gateway.post(MESSAGES);
        gateway.awaitUsed("tokens", 16);
    }
}
