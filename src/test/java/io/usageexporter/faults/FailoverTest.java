package io.usageexporter.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import io.usageexporter.testing.Events;
import io.usageexporter.testing.PostgresServer;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A primary with a synchronous standby, and an exporter that knows both. */
class FailoverTest {
    /** Longer than any time-out of a statement. */
    private static final Duration LONG = Duration.ofSeconds(17);

    @Test
    void nothingAcknowledgedIsLostWhenTheStandbyTakesOver() throws Exception {
        try (var primary = new PostgresServer().start()) {
            String first = primary.newDatabase();
            try (PostgresServer standby = primary.standby().start()) {
                primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
                primary.execute("SELECT pg_reload_conf()");
                String url = first.replace(":" + primary.port(), ":" + primary.port() + ",127.0.0.1:" + standby.port());
                try (var exporter = new TestExporter(
                        LedgerAddress.of(url), null, null, new SettableClock("2026-11-24T09:15:00Z"))) {
                    assertThat(exporter.record(Events.withId("a")).statusCode()).isEqualTo(200);
                    CompletableFuture<HttpResponse<String>> waiting;
                    standby.freeze();
                    try {
                        waiting = CompletableFuture.supplyAsync(() -> exporter.record(Events.withId("b")));
                        long start = System.nanoTime();
                        await().atMost(LONG.plusSeconds(10)).until(() -> {
                            assertThat(waiting).isNotDone();
                            return System.nanoTime() - start > LONG.toNanos();
                        });
                    } finally {
                        standby.thaw();
                    }
                    assertThat(waiting.join().statusCode()).isEqualTo(200);
                    assertThat(exporter.record(Events.withId("c")).statusCode()).isEqualTo(200);
                    primary.kill();
                    assertThat(exporter.record(Events.withId("d")).statusCode()).isEqualTo(503);
                    standby.promote();
                    await().atMost(Duration.ofSeconds(60))
                            .until(() -> exporter.http().get("/-/ready").statusCode() == 200);

                    for (String id : List.of("a", "b", "c")) {
                        assertThat(exporter.record(Events.withId(id)).body()).contains("\"duplicates\":1");
                    }
                    assertThat(exporter.record(Events.withId("d")).body()).contains("\"recorded\":1");
                    try (LedgerReader reader = LedgerAddress.of(url).read()) {
                        assertThat(reader.verify()).isEqualTo(new Verification(4, List.of()));
                    }
                }
            }
        }
    }
}
