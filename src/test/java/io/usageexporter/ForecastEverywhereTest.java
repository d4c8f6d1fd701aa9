package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForecastEverywhereTest {
    private static final String NOW = "2026-11-24T15:12:00Z";

    private static final String EXHAUSTION =
            "api_quota_exhaustion_timestamp_seconds{provider=\"anthropic\",resource=\"requests\",window=\"daily\"}";

    @TempDir
    Path folder;

    @Test
    void jsonMetricsAndTextShowTheSameExhaustionTime() throws Exception {
        var clock = new SettableClock(NOW);
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            exporter.playDemo(NOW);
            Map<String, BigDecimal> expected = exhaustions(exporter.usage().get("exhausted_at"));

            assertThat(expected).containsOnlyKeys("provider=\"apify\",resource=\"compute_units\",window=\"daily\"");
            assertThat(metrics(exporter)).isEqualTo(expected);
            Instant at =
                    Instant.ofEpochSecond(expected.values().iterator().next().longValue());
            assertThat(at).isBetween("2026-11-24T15:13:00Z", "2026-11-24T17:00:00Z");
            assertThat(exporter.text())
                    .contains("\nCompute units will run out in ")
                    .contains(", at " + at.toString().substring(11, 16) + " UTC, ");
        }
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            assertThat(metrics(exporter)).as("after a restart").hasSize(1);
            exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":50}}");
            Map<String, BigDecimal> expected = exhaustions(exporter.usage().get("exhausted_at"));
            assertThat(metrics(exporter)).as("exhausted").isEqualTo(expected).hasSize(1);
            assertThat(exporter.text()).contains("Compute units ran out at 15:");

            clock.set(LocalDate.parse("2026-11-25").atStartOfDay(ZoneOffset.UTC).toInstant());
            assertThat(exporter.usageAt(NOW)
                            .at("/exhausted_at/apify/daily/compute_units")
                            .asText())
                    .as("the day before")
                    .startsWith("2026-11-24T15:");
        }
    }

    /** Hours are in memory for 45 days, days for 80; older ones are in the ledger. */
    @ParameterizedTest(name = "{0} days later")
    @ValueSource(ints = {1, 40, 60, 75, 100, 300})
    void exhaustionTimeOfAPastQuotaIsKeptForever(int days) throws Exception {
        var clock = new SettableClock("2026-03-20T15:12:00Z");
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            for (int hour = 10; hour < 15; hour++) {
                exporter.record("{\"provider\":\"apify\",\"at\":\"2026-03-20T" + hour
                        + ":40:00Z\",\"usage\":{\"compute_units\":40}}");
            }
            clock.advance(Duration.ofDays(days));
            exporter.record(
                    "{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}"); // drops hours and days that are too
            // old

            assertThat(exporter.usageAt("2026-03-20T12:00:00Z")
                            .at("/exhausted_at/apify/daily/compute_units")
                            .asText())
                    .isEqualTo("2026-03-20T12:40:00Z");
        }
    }

    @ParameterizedTest(name = "limit {0} of 40 used at once, at {1}")
    @CsvSource({
        "10, 2026-11-24T15:12:04.250Z, UTC",
        "40, 2026-11-24T15:12:04.250Z, UTC",
        "1,  2026-11-24T15:00:00Z,     UTC",
        "10, 2026-11-24T09:50:30Z,     UTC",
        "10, 2026-11-24T00:00:00Z,     UTC",
        "10, 2026-11-24T09:50:30Z,     Asia/Kathmandu",
        "10, 2026-11-23T18:20:00Z,     Asia/Kathmandu",
    })
    void quotaExhaustedAtOnceHasThatTimeInAllViewsAndAfterARestart(int limit, Instant at, String zone)
            throws Exception {
        Path config = Files.writeString(
                folder.resolve("usage.yml"),
                "{timezone: " + zone + ", providers: {anthropic: {limits: {daily: {requests: " + limit + "}}}}}");
        var clock = new SettableClock("2026-11-24T15:12:05Z");
        String event = "{\"provider\":\"anthropic\",\"at\":\"" + at + "\",\"usage\":{\"requests\":1}}";
        try (var exporter = new TestExporter(folder.resolve("usage.db"), config, clock)) {
            exporter.record("[" + String.join(",", Collections.nCopies(40, event)) + "]");
            assertRanOut(exporter, at, zone);
        }
        clock.advance(Duration.ofMinutes(3));
        try (var exporter = new TestExporter(folder.resolve("usage.db"), config, clock)) {
            assertRanOut(exporter, at, zone);
        }
    }

    private static void assertRanOut(TestExporter exporter, Instant at, String zone) {
        assertThat(exporter.usage().at("/exhausted_at/anthropic/daily/requests").asText())
                .isEqualTo(at.toString());
        assertThat(exporter.metric(EXHAUSTION)).isEqualByComparingTo(BigDecimal.valueOf(at.toEpochMilli(), 3));
        assertThat(exporter.text())
                .contains("Requests ran out at "
                        + DateTimeFormatter.ofPattern("HH:mm").format(at.atZone(ZoneId.of(zone))));
        assertThat(exporter.http().get("/usage", "Accept", "text/html").body())
                .contains("ran out at " + DateTimeFormatter.ofPattern("HH:mm").format(at.atZone(ZoneId.of(zone))));
    }

    /** In Kathmandu a day starts within a UTC hour, at 18:15. */
    @Test
    void usageInTheFirstHourButBeforeTheWindowIsNotCounted() throws Exception {
        Path config = Files.writeString(
                folder.resolve("usage.yml"),
                "{timezone: Asia/Kathmandu, providers: {apify: {limits: {daily: {compute_units: 10}}}}}");
        var clock = new SettableClock("2026-11-24T15:12:00Z");
        try (var exporter = new TestExporter(folder.resolve("usage.db"), config, clock)) {
            exporter.record("[" + event("2026-11-23T18:05:00Z", 50) + "," + event("2026-11-23T18:20:00Z", 2) + ","
                    + event("2026-11-24T03:40:00Z", 20) + "]");
            assertThat(exhausted(exporter)).isEqualTo("2026-11-24T03:40:00Z");
        }
    }

    @Test
    void eventAheadOfTheClockExhaustsTheQuotaNow() throws Exception {
        var clock = new SettableClock("2026-11-24T14:58:00Z");
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            exporter.record("[" + event("2026-11-24T15:02:00Z", 200) + "]");
            assertThat(exhausted(exporter)).isEqualTo("2026-11-24T14:58:00Z");
            clock.set(Instant.parse("2026-11-24T15:01:00Z"));
            assertThat(exhausted(exporter)).isEqualTo("2026-11-24T15:01:00Z");
            clock.set(Instant.parse("2026-11-24T15:20:00Z"));
            assertThat(exhausted(exporter)).isEqualTo("2026-11-24T15:02:00Z");
        }
    }

    @Test
    void exhaustionWithinAnHourLiesBetweenItsEvents() throws Exception {
        var clock = new SettableClock("2026-11-24T15:50:00Z");
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            exporter.record("[" + event("2026-11-24T15:10:00Z", 40) + "," + event("2026-11-24T15:20:00Z", 40) + ","
                    + event("2026-11-24T15:30:00Z", 40) + "]");
            assertThat(Instant.parse(exhausted(exporter))).isBetween("2026-11-24T15:20:00Z", "2026-11-24T15:30:00Z");
        }
    }

    private static String event(String at, int units) {
        return "{\"provider\":\"apify\",\"at\":\"" + at + "\",\"usage\":{\"compute_units\":" + units + "}}";
    }

    private static String exhausted(TestExporter exporter) {
        return exporter.usage().at("/exhausted_at/apify/daily/compute_units").asText();
    }

    private static Map<String, BigDecimal> exhaustions(JsonNode exhaustedAt) {
        var expected = new TreeMap<String, BigDecimal>();
        exhaustedAt
                .properties()
                .forEach(provider -> provider.getValue()
                        .properties()
                        .forEach(window -> window.getValue().properties().forEach(resource -> {
                            if (!resource.getValue().isNull()) {
                                expected.put(
                                        "provider=\"" + provider.getKey() + "\",resource=\"" + resource.getKey()
                                                + "\",window=\"" + window.getKey() + "\"",
                                        seconds(Instant.parse(
                                                resource.getValue().asText())));
                            }
                        })));
        return expected;
    }

    private static Map<String, BigDecimal> metrics(TestExporter exporter) {
        var metrics = new TreeMap<String, BigDecimal>();
        exporter.metrics().forEach((series, value) -> {
            if (series.startsWith("api_quota_exhaustion_timestamp_seconds")) {
                metrics.put(series.replaceAll(".*\\{|}", ""), value.stripTrailingZeros());
            }
        });
        return metrics;
    }

    private static BigDecimal seconds(Instant instant) {
        return BigDecimal.valueOf(instant.toEpochMilli(), 3).stripTrailingZeros();
    }
}
