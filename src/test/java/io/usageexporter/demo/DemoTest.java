package io.usageexporter.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.client.UsageClient;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.RunningExporter;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DemoTest {
    /** A Tuesday. */
    private static final Instant NOW = Instant.parse("2026-11-24T15:12:00Z");

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension();

    private final SettableClock clock = exporter.clock();
    private UsageClient client;

    DemoTest() {
        clock.set(NOW);
    }

    @BeforeEach
    void connect() {
        client = client(exporter);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void backdatedWeekHasOfficeHoursAWeekendAndARunawayCrawler() throws Exception {
        new Demo(client, NOW, 1).backdate(7);

        List<Double> days = new ArrayList<>();
        for (JsonNode day : TestExporter.json(
                        exporter.http().get("/api/usage/history?days=7").body())
                .at("/history/anthropic")) {
            days.add(day.at("/used/requests").asDouble());
        }
        // Wednesday, Thursday (with a newsletter), Friday, Saturday, Sunday, Monday, and Tuesday (with another) so far
        assertThat(days).hasSize(7);
        assertThat(days.subList(3, 5))
                .allSatisfy(weekend ->
                        assertThat(weekend).isLessThan(days.get(0) / 2).isPositive());
        assertThat(days.get(1)).isGreaterThan(days.get(0)).isLessThan(1000);
        JsonNode usage = exporter.usage();
        assertThat(usage.at("/status/anthropic/daily/requests").asText()).isEqualTo("warning");
        assertThat(usage.at("/status/apify/daily/compute_units").asText()).isEqualTo("critical");
        assertThat(usage.at("/breakdown/apify/daily/tiktok/compute_units").asDouble())
                .isGreaterThan(3
                        * usage.at("/breakdown/apify/daily/instagram/compute_units")
                                .asDouble());
        assertThat(exporter.metrics())
                .anySatisfy((series, tokens) -> {
                    assertThat(series).contains("kind=\"cache_read\"", "category=\"recommendations\"");
                    assertThat(tokens).isPositive();
                })
                .anySatisfy((series, tokens) -> {
                    assertThat(series).contains("kind=\"cache_write_5m\"");
                    assertThat(tokens).isPositive();
                });
    }

    @Test
    void replayedUsageCountsOnce() throws Exception {
        long events = new Demo(client, NOW, 1).backdate(2);
        JsonNode once = exporter.usage().get("used");
        assertThat(exporter.metric("usage_exporter_events_recorded_total{source=\"api\"}"))
                .isEqualByComparingTo(Long.toString(events));

        new Demo(client, NOW, 1).backdate(2);

        assertThat(exporter.usage().get("used")).isEqualTo(once);
    }

    @Test
    void liveUsageContinuesBackdatedUsage() throws Exception {
        var demo = new Demo(client, NOW, 1);
        demo.backdate(1);
        for (int second = 0; second < 3600; second += 7) {
            clock.set(NOW.plusSeconds(second));
            demo.playUntil(clock.instant());
        }
        clock.set(NOW.plusSeconds(3600));
        demo.playUntil(clock.instant());
        assertThat(client.flush(Duration.ofSeconds(30))).isZero();

        new Demo(client, clock.instant(), 1).backdate(1);

        try (var fresh = new TestExporter(exporter.folder().resolve("fresh.db"), null, clock);
                var freshClient = client(fresh)) {
            new Demo(freshClient, NOW, 1).backdate(1);
            new Demo(freshClient, NOW.plusSeconds(3600), 1).backdate(1);
            assertThat(exporter.usage().get("used")).isEqualTo(fresh.usage().get("used"));
        }
    }

    @Test
    void speed60PlaysAnHourInAMinute() throws Exception {
        var demo = new Demo(client, NOW, 60);
        demo.playUntil(NOW);
        client.flush(Duration.ofSeconds(30));
        assertThat(exporter.usage().at("/used/apify/daily/compute_units").asDouble())
                .isZero();

        clock.set(NOW.plusSeconds(60));
        demo.playUntil(clock.instant());

        assertThat(client.flush(Duration.ofSeconds(30))).isZero();
        assertThat(exporter.usage().at("/used/apify/daily/compute_units").asDouble())
                .as("the runaway's 9.6 an hour, and others'")
                .isBetween(9.6, 18.0);
        assertThat(exporter.metric("usage_exporter_last_event_timestamp_seconds{provider=\"apify\"}")
                        .longValue())
                .isBetween(NOW.getEpochSecond(), NOW.getEpochSecond() + 60);
    }

    @Test
    void failsWhenTheExporterRejectsUsage() throws Exception {
        Path config = Files.writeString(
                exporter.folder().resolve("maps.yml"), "providers: {maps: {limits: {daily: {tiles: 1}}}}");
        try (var other = new TestExporter(exporter.folder().resolve("maps.db"), config, clock);
                var otherClient = client(other)) {
            var demo = new Demo(otherClient, NOW, 1);
            assertThatThrownBy(() -> demo.backdate(1)).isInstanceOf(Demo.DeliveryException.class);
        }
    }

    private static UsageClient client(RunningExporter exporter) {
        return UsageClient.builder()
                .url("http://127.0.0.1:" + exporter.http().port())
                .build();
    }
}
