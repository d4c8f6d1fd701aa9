package io.usageexporter.client;

import io.usageexporter.testing.LogCapture;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A client of a real exporter, with a relay in between that can misbehave. */
abstract class UsageClientTestBase {
    static final Duration LONG = Duration.ofSeconds(20);
    static final UsageRecord RECORD = UsageRecord.of("anthropic").category("recommendations");

    @TempDir
    Path folder;

    final SettableClock clock = new SettableClock("2026-11-24T23:59:59Z");
    final LogCapture logged = new LogCapture(UsageClient.class.getName());
    TestExporter exporter;
    Relay relay;
    UsageClient client;

    @BeforeEach
    final void start() throws Exception {
        exporter = new TestExporter(folder.resolve("usage.db"), null, clock);
        relay = new Relay(exporter.http());
        client = settings().build();
    }

    final UsageClientBuilder settings() {
        return UsageClient.builder()
                .url(relay.url())
                .clock(clock)
                .timeout(LONG)
                .retryDelays(Duration.ofMillis(1), Duration.ofMillis(20));
    }

    /** Replaces the client by one with other settings. */
    final void replaceClient(UsageClientBuilder settings) {
        client.close();
        client = settings.build();
    }

    @AfterEach
    final void stop() throws Exception {
        client.close(Duration.ZERO);
        relay.close();
        exporter.close();
        logged.close();
    }

    final int requests() {
        return exporter.usage().at("/used/anthropic/daily/requests").asInt();
    }

    static UsageRecord withId(String id, int tokens) {
        return RECORD.id(id).amount("tokens", tokens);
    }

    static List<UsageRecord> records(int count) {
        return IntStream.range(0, count).mapToObj(i -> withId("record-" + i, 1)).toList();
    }
}
