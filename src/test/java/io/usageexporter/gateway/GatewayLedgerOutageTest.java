package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static io.usageexporter.gateway.GatewayExtension.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.ledger.LedgerReader;
import io.usageexporter.ledger.LedgerReader.Verification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls while the ledger cannot be written. */
class GatewayLedgerOutageTest {
    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension().respondingWithMessages();

    @Test
    void whileTheLedgerIsUnwritableCallsAreForwardedAndRecordedLater() throws Exception {
        gateway.post(MESSAGES);
        gateway.awaitUsed("requests", 1);
        Path ledger = gateway.ledger();
        Path elsewhere = ledger.resolveSibling("moved.db");
        Files.move(ledger, elsewhere);
        Files.createFile(ledger);

        for (int i = 0; i < 20; i++) {
            assertThat(gateway.post(MESSAGES, "X-Usage-Category", "late").statusCode())
                    .isEqualTo(200);
            gateway.clock().advance(Duration.ofHours(1));
        }
        gateway.awaitMetric("usage_exporter_events_waiting{source=\"gateway\"}", "20");
        assertThat(gateway.exporter()
                        .record("{\"provider\":\"anthropic\",\"usage\":{}}")
                        .statusCode())
                .isEqualTo(503);
        assertThat(gateway.exporter().metrics()).doesNotContainKey(requests("late"));

        Files.move(elsewhere, ledger, StandardCopyOption.REPLACE_EXISTING);
        gateway.awaitMetric("usage_exporter_events_waiting{source=\"gateway\"}", "0");
        gateway.awaitMetric(requests("late"), "20");
        assertThat(gateway.metric("usage_exporter_events_dropped_total{source=\"gateway\"}"))
                .isEqualByComparingTo("0");
        // 15 of the calls came before midnight.
        assertThat(gateway.exporter()
                        .usageAt("2026-11-24T12:00:00Z")
                        .at("/used/anthropic/daily/requests")
                        .asInt())
                .isEqualTo(1 + 15);
        try (LedgerReader reader = LedgerAddress.of(ledger).read()) {
            assertThat(reader.verify()).isEqualTo(new Verification(21, List.of()));
        }
    }

    @Test
    void queuedUsageIsRecordedWhenTheExporterStops() throws Exception {
        Path ledger = gateway.ledger();
        Path elsewhere = ledger.resolveSibling("moved.db");
        Files.move(ledger, elsewhere);
        Files.createFile(ledger);
        gateway.post(MESSAGES);
        gateway.awaitMetric("usage_exporter_events_waiting{source=\"gateway\"}", "1");
        Files.move(elsewhere, ledger, StandardCopyOption.REPLACE_EXISTING);

        gateway.restart();

        assertThat(gateway.used("requests")).isEqualByComparingTo("1");
    }
}
