package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeExchange.Outcome;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An exporter that is killed during calls. */
class GatewayKillIT {
    private static final int RECORDED = 100;
    private static final int CALLS = 150;

    @TempDir
    Path folder;

    @Test
    void killAbortsCallsInFlightAndRepeatedCallsCountOnce() throws Exception {
        try (var provider = new FakeProvider()) {
            for (int i = 0; i < CALLS; i++) {
                String call = Integer.toString(i);
                provider.on(
                        exchange -> call.equals(exchange.header("x-call")),
                        FakeResponse.sample("anthropic/messages-response-minimal.json")
                                .header("request-id", "req_" + call));
            }
            provider.on(
                    "POST",
                    "/v1/complete",
                    FakeResponse.sample("anthropic/stream-complete.sse").stallsAfter(1000));
            String config = "--config.file=" + GatewayConfig.write(folder, provider.url());
            try (var exporter = new JarExporter(folder, config);
                    var streaming = new RawHttp(exporter.http().port())) {
                call(exporter, 0, RECORDED);
                awaitRequests(exporter, RECORDED);
                streaming.post("/gateway/anthropic/v1/complete", "{}").in().readNBytes(500);
                FakeExchange stream = provider.awaitExchange();
                call(exporter, RECORDED, CALLS);

                exporter.kill();

                assertThat(streaming.isOver()).isTrue();
                assertThat(stream.awaitOutcome()).isEqualTo(Outcome.DISCONNECTED);
            }
            try (var exporter = new JarExporter(folder, config)) {
                assertThat(requests(exporter)).isBetween(RECORDED, CALLS);

                call(exporter, 0, CALLS);

                awaitRequests(exporter, CALLS);
                assertThat(exporter.terminate()).isZero();
            }
            // Nothing that was under way has been added since.
            try (var exporter = new JarExporter(folder, config)) {
                assertThat(requests(exporter)).isEqualTo(CALLS);
            }
        }
        ProcessRunner.Result verified = ProcessRunner.run(folder, "", ProcessRunner.jar("verify"));
        assertThat(verified.status()).as(verified.out() + verified.err()).isZero();
    }

    private static void call(JarExporter exporter, int from, int to) throws IOException {
        try (var client = new RawHttp(exporter.http().port())) {
            for (int i = from; i < to; i++) {
                assertThat(client.post(MESSAGES, "{}", "x-call: " + i).read().status())
                        .isEqualTo(200);
            }
        }
    }

    private static void awaitRequests(JarExporter exporter, int wanted) {
        Awaitility.await().untilAsserted(() -> assertThat(requests(exporter)).isEqualTo(wanted));
    }

    private static int requests(JarExporter exporter) {
        JsonNode usage = TestExporter.json(exporter.http().get("/api/usage").body());
        return usage.at("/used/anthropic/monthly/requests").asInt();
    }
}
