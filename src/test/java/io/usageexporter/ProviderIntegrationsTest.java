package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import io.usageexporter.testing.TrackedProviders;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits and reports of providers, and reloads that change the tracking. */
class ProviderIntegrationsTest {
    private static final String LIMIT =
            "api_quota_limit{provider=\"apify\",resource=\"compute_units\",window=\"monthly\"}";
    private static final String POLLED = "usage_exporter_poll_success{provider=\"apify\"}";

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.now().toString());
    private TrackedProviders providers;

    @BeforeEach
    void open() throws IOException {
        providers = new TrackedProviders();
    }

    @AfterEach
    void close() throws IOException {
        providers.close();
    }

    private Path configured(String apifyKeys) throws IOException {
        return Files.writeString(
                folder.resolve("usage.yml"), """
                providers:
                  anthropic:
                    limits: {daily: {requests: 1000, tokens: 1000000}}
                %s
                  apify:
                    windows: {monthly: {reset_day: 20}}
                    limits: {monthly: {compute_units: auto, usd: auto}}
                %s
                """.formatted(providers.anthropicKeys(folder), apifyKeys));
    }

    @Test
    void autoTakesLimitAndBillingCycleFromTheAccount() throws Exception {
        try (var exporter = open(configured(providers.apifyKeys(folder)))) {
            providers.use(exporter.http());

            JsonNode usage = exporter.usage();
            assertThat(usage.at("/limits/apify/monthly/compute_units").asInt()).isEqualTo(1000);
            assertThat(usage.at("/limits/apify/monthly/usd").asInt()).isEqualTo(300);
            LocalDate nextMonth = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
                    .withDayOfMonth(1)
                    .plusMonths(1);
            assertThat(usage.at("/resets_at/apify/monthly").asText()).isEqualTo(nextMonth + "T00:00:00Z");
            assertThat(exporter.metric(LIMIT)).isEqualByComparingTo("1000");
        }
    }

    @Test
    void autoIsNoLimitUntilTheAccountReportsIt() throws Exception {
        String elsewhere = providers.apifyKeys(folder).replaceFirst("127.0.0.1:\\d+", "127.0.0.1:1");
        try (var exporter = open(configured(elsewhere))) {
            assertThat(exporter.usage().at("/limits/apify/monthly").has("compute_units"))
                    .isFalse();
            assertThat(exporter.usage().at("/used/apify/monthly/compute_units").asInt())
                    .isZero();
            assertThat(exporter.metrics()).doesNotContainKey(LIMIT);
            assertThat(exporter.text()).contains("Compute Units: 0 (no limit)");
        }
    }

    @Test
    void reloadStartsAndStopsPolling() throws Exception {
        Path config = configured(providers.apifyKeys(folder));
        try (var exporter = open(config)) {
            providers.use(exporter.http());
            Files.writeString(config, "providers: {apify: {limits: {monthly: {compute_units: 5}}}}");
            exporter.application().reload();

            assertThat(exporter.metrics()).doesNotContainKey(POLLED);
            assertThat(exporter.metric(LIMIT)).isEqualByComparingTo("5");
            assertThat(exporter.http()
                            .post("/gateway/anthropic/v1/messages", "application/json", "{}")
                            .body())
                    .contains("there is no gateway to this provider; available: apify");

            configured(providers.apifyKeys(folder));
            exporter.application().reload();
            providers.use(exporter.http());

            assertThat(exporter.metric(POLLED)).isEqualByComparingTo("1");
            assertThat(exporter.metric(LIMIT)).isEqualByComparingTo("1000");
        }
    }

    @Test
    void reportedUsageIsShownNextToRecordedUsage() throws Exception {
        try (var exporter = open(configured(providers.apifyKeys(folder)))) {
            providers.use(exporter.http());
            exporter.record("{\"provider\": \"apify\", \"usage\": {\"compute_units\": 11, \"usd\": 2.25}}");

            JsonNode reported =
                    TestExporter.json(exporter.http().get("/api/usage/reported").body());
            JsonNode units = reported.at("/windows/apify/monthly/compute_units");
            assertThat(units.get("recorded").asDouble()).isEqualTo(11);
            assertThat(units.get("reported").asDouble()).isEqualTo(12.5);
            assertThat(units.get("reported_limit").asDouble()).isEqualTo(1000);
            assertThat(reported.at("/windows/apify/monthly/usd"))
                    .isEqualTo(TestExporter.json(
                            "{\"recorded\": 2.25, \"reported\": 2.5, \"difference\": 0.25, \"reported_limit\": 300}"));
            assertThat(reported.at("/windows/anthropic/monthly/usd"))
                    .isEqualTo(TestExporter.json(
                            "{\"recorded\": 0.010729, \"reported\": 1.2345, \"difference\": 1.223771}"));
            String today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
            JsonNode day = reported.at("/days/anthropic").get(today);
            assertThat(day.at("/reported/tokens").asInt()).isEqualTo(1500);
            assertThat(day.at("/reported/requests").asInt()).isEqualTo(4);
            assertThat(day.at("/reported_by_model/claude-sonnet-5-5/tokens").asInt())
                    .isEqualTo(1500);
            assertThat(day.at("/reported_by_model/claude-sonnet-5-5/usd").decimalValue())
                    .isEqualByComparingTo("1.2345");
            assertThat(day.at("/recorded/requests").asInt()).isEqualTo(1);
            assertThat(exporter.metric(
                            "api_provider_reported_used{provider=\"anthropic\",resource=\"usd\",window=\"daily\"}"))
                    .isEqualByComparingTo("1.2345");
        }
    }

    @Test
    void refusedCostsFailThePollButLeaveTheUsageReported() throws Exception {
        providers.refuseCosts();
        try (var exporter = open(configured(providers.apifyKeys(folder)))) {
            Awaitility.await()
                    .until(() -> exporter.metrics()
                                    .getOrDefault("usage_exporter_poll_success{provider=\"anthropic\"}", BigDecimal.ONE)
                                    .signum()
                            == 0);
            Awaitility.await()
                    .until(
                            () -> exporter.metrics()
                                    .containsKey(
                                            "api_provider_reported_used{provider=\"anthropic\",resource=\"tokens\",window=\"daily\"}"));
            assertThat(exporter.metrics())
                    .doesNotContainKey("usage_exporter_poll_last_success_timestamp_seconds{provider=\"anthropic\"}")
                    .doesNotContainKey(
                            "api_provider_reported_used{provider=\"anthropic\",resource=\"usd\",window=\"daily\"}");
        }
    }

    private TestExporter open(Path config) throws Exception {
        return new TestExporter(folder.resolve("usage.db"), config, clock);
    }
}
