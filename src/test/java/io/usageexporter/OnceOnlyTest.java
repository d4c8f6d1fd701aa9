package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.ledger.LedgerAddress;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import io.usageexporter.testing.TestLedger;
import io.usageexporter.testing.TrackedProviders;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exporters that share a ledger, of which one polls. Each has fakes of the providers of its own, which tell who polled. */
class OnceOnlyTest {
    private static final String POLLED = "usage_exporter_poll_success{provider=\"apify\"}";

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.now().toString());
    private LedgerAddress.Shared ledger;
    private TrackedProviders one;
    private TrackedProviders other;

    @BeforeEach
    void open() throws Exception {
        ledger = TestLedger.shared();
        one = new TrackedProviders();
        other = new TrackedProviders();
    }

    @AfterEach
    void close() throws Exception {
        one.close();
        other.close();
    }

    private TestExporter exporter(String name, TrackedProviders providers) throws Exception {
        Path own = Files.createDirectories(folder.resolve(name));
        Path config = Files.writeString(
                own.resolve("usage.yml"), """
                providers:
                  anthropic:
                    limits: {daily: {requests: 1000, tokens: 1000000}}
                %s
                  apify:
                    limits: {monthly: {compute_units: auto, usd: auto}}
                %s
                """.formatted(providers.anthropicKeys(own), providers.apifyKeys(own)));
        return new TestExporter(ledger, config, null, clock);
    }

    private static void awaitPolls(TestExporter exporter) {
        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> {
            Map<String, ?> metrics = exporter.metrics();
            return metrics.containsKey(POLLED) && metrics.containsKey(POLLED.replace("apify", "anthropic"));
        });
    }

    /** What is known from polls, and the limits that they set. */
    private static Map<String, ?> reported(TestExporter exporter) {
        return exporter.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().matches("api_(provider_reported|quota_limit).*"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static JsonNode compared(TestExporter exporter) {
        return TestExporter.json(exporter.http().get("/api/usage/reported").body());
    }

    @Test
    void onePollsAndAllShowWhatItFinds() throws Exception {
        try (TestExporter poller = exporter("one", one)) {
            awaitPolls(poller);
            Map<String, ?> found = reported(poller);
            assertThat(found)
                    .containsKeys(
                            "api_provider_reported_used{provider=\"anthropic\",resource=\"usd\",window=\"daily\"}",
                            "api_quota_limit{provider=\"apify\",resource=\"compute_units\",window=\"monthly\"}");

            try (TestExporter second = exporter("other", other)) {
                Awaitility.await()
                        .untilAsserted(() -> assertThat(reported(second)).isEqualTo(found));
                assertThat(compared(second)).isEqualTo(compared(poller));
                assertThat(compared(second).at("/days/anthropic").size()).isEqualTo(1);
                assertThat(second.metrics().keySet()).noneMatch(name -> name.startsWith("usage_exporter_poll_"));
                assertThat(other.polls()).isZero();
                assertThat(one.polls()).isEqualTo(1);
            }
        }
    }

    @Test
    void anotherPollsOnceTheOneThatDidStops() throws Exception {
        TestExporter poller = exporter("one", one);
        try (TestExporter second = exporter("other", other)) {
            awaitPolls(poller);
            Map<String, ?> found = reported(poller);
            poller.close();

            awaitPolls(second);
            assertThat(other.polls()).isEqualTo(1);
            assertThat(one.polls()).isEqualTo(1);
            assertThat(reported(second)).isEqualTo(found);
        }
    }

    @Test
    void limitsOfTheAccountHoldWhileItCannotBePolled() throws Exception {
        try (TestExporter poller = exporter("one", one)) {
            awaitPolls(poller);
        }
        other.close();
        try (TestExporter second = exporter("other", other)) {
            Awaitility.await()
                    .untilAsserted(() -> assertThat(second.metrics())
                            .containsEntry(
                                    "api_quota_limit{provider=\"apify\",resource=\"compute_units\",window=\"monthly\"}",
                                    new BigDecimal("1000.0")));
        }
    }

    @Test
    void leaseOfAnExporterThatDiedEndsByItself() throws Exception {
        ledger.open().close();
        TestLedger.execute(
                ledger, "INSERT INTO lease VALUES ('once-only', 'dead', clock_timestamp() + interval '4 s')");
        try (TestExporter second = exporter("other", other)) {
            awaitPolls(second);
            TestLedger.execute(
                    ledger,
                    "DO $$ BEGIN ASSERT (SELECT holder <> 'dead' FROM lease WHERE until > clock_timestamp()); END $$");
        }
    }
}
