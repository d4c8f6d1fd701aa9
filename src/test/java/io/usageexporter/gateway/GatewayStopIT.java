package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.GatewayConfig;
import io.usageexporter.testing.JarExporter;
import io.usageexporter.testing.ProcessRunner;
import io.usageexporter.testing.RawHttp;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stop during calls as in containers: SIGTERM, and SIGKILL ten seconds later. */
class GatewayStopIT {
    private static final int STREAMS = 200;
    /** The tokens that the sent part of the stream reports. */
    private static final int TOKENS = 57 + 3;

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    @TempDir
    Path folder;

    private final List<RawHttp> clients = new ArrayList<>();
    private FakeProvider provider;
    private String config;

    @BeforeEach
    void start() throws Exception {
        provider = new FakeProvider();
        provider.on(
                "POST",
                "/v1/messages",
                IntStream.range(0, STREAMS)
                        .mapToObj(i -> FakeResponse.sample("anthropic/stream-complete.sse")
                                .replaceHeader("request-id", "req_" + i)
                                .stallsAfter(1000))
                        .toArray(FakeResponse[]::new));
        config = "--config.file=" + GatewayConfig.write(folder, provider.url());
    }

    @AfterEach
    void stop() throws Exception {
        for (RawHttp client : clients) {
            client.close();
        }
        provider.close();
    }

    private RawHttp connect(JarExporter exporter) throws IOException {
        var client = new RawHttp(exporter.http().port());
        clients.add(client);
        return client;
    }

    private void openStreams(JarExporter exporter) throws IOException {
        for (int i = 0; i < STREAMS; i++) {
            connect(exporter).post(MESSAGES, "{}", "X-Usage-Category: stream");
        }
        for (RawHttp client : clients) {
            client.in().readNBytes(300);
        }
    }

    private void assertThatAllAreCounted() throws Exception {
        try (var again = new JarExporter(folder, config)) {
            JsonNode used =
                    TestExporter.json(again.http().get("/api/usage").body()).at("/used/anthropic/monthly");
            assertThat(used.get("requests").asInt()).isEqualTo(STREAMS);
            assertThat(used.get("tokens").asInt()).isEqualTo(STREAMS * TOKENS);
            assertThat(again.terminate()).isZero();
        }
        ProcessRunner.Result verified = ProcessRunner.run(folder, "", ProcessRunner.jar("verify"));
        assertThat(verified.status()).as(verified.out() + verified.err()).isZero();
    }

    @Test
    void usageReadFromOpenStreamsIsRecordedWithinTheGracePeriod() throws Exception {
        try (var exporter = new JarExporter(folder, config)) {
            openStreams(exporter);
            RawHttp idle = connect(exporter);
            assertThat(idle.get("/-/healthy").read().status()).isEqualTo(200);
            RawHttp slow = connect(exporter);
            slow.request("POST", "/api/usage", "Content-Type: application/json", "Content-Length: 80")
                    .write("{");
            long start = System.nanoTime();

            exporter.handle().destroy();
            Awaitility.await().until(() -> exporter.log().contains("shutting down"));

            assertThat(idle.get("/api/usage").read().status()).isEqualTo(503);
            assertThat(exporter.awaitExit()).isZero();
            assertThat(System.nanoTime() - start).isLessThan(GRACE_NANOS - MARGIN_NANOS);
        }
        assertThatAllAreCounted();
    }

    @Test
    void drainTimeoutIsAsConfigured() throws Exception {
        try (var exporter = new JarExporter(folder, config, "--web.drain-timeout=300ms")) {
            openStreams(exporter);
            long start = System.nanoTime();

            assertThat(exporter.terminate()).isZero();

            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
            assertThat(exporter.log()).contains("still in flight after 0.3 s (--web.drain-timeout)");
        }
        assertThatAllAreCounted();
    }

    @Test
    void invalidDrainTimeoutIsRejected() throws Exception {
        for (String time : List.of("8", "-1s", "8 s", "2h", "PT8S")) {
            ProcessRunner.Result refused =
                    ProcessRunner.run(folder, "", ProcessRunner.jar("--web.drain-timeout=" + time));
            assertThat(refused.status()).as(time).isEqualTo(2);
            assertThat(refused.err()).contains("'" + time + "' is not a duration from 0s to 1h");
        }
    }
}
