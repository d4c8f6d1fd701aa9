package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForecastEverywhereTest {
    private static final String NOW = "2026-11-24T15:12:00Z";

    @TempDir
    Path folder;

    @Test
    void jsonMetricsAndTextTellTheSameMoment() throws Exception {
        var clock = new SettableClock(NOW);
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            exporter.playDemo(NOW);
            Map<String, BigDecimal> told = told(exporter.usage().get("exhausted_at"));

            assertThat(told).containsOnlyKeys("provider=\"apify\",resource=\"compute_units\",window=\"daily\"");
            assertThat(metrics(exporter)).isEqualTo(told);
            Instant at = Instant.ofEpochSecond(told.values().iterator().next().longValueExact());
            assertThat(at).isBetween("2026-11-24T15:13:00Z", "2026-11-24T17:00:00Z");
            assertThat(exporter.text())
                    .contains("\nCompute units will run out in ")
                    .contains(", at " + at.toString().substring(11, 16) + " UTC, ");
        }
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            assertThat(metrics(exporter)).as("after a restart").hasSize(1);
            exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":50}}");
            Map<String, BigDecimal> told = told(exporter.usage().get("exhausted_at"));
            assertThat(metrics(exporter)).as("used up").isEqualTo(told).hasSize(1);
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
    void whenAQuotaOfThePastRanOutIsKnownEverAfter(int days) throws Exception {
        var clock = new SettableClock("2026-03-20T15:12:00Z");
        try (var exporter = new TestExporter(folder.resolve("usage.db"), null, clock)) {
            for (int hour = 10; hour < 15; hour++) {
                exporter.record("{\"provider\":\"apify\",\"at\":\"2026-03-20T" + hour
                        + ":40:00Z\",\"usage\":{\"compute_units\":40}}");
            }
            clock.advance(Duration.ofDays(days));
            exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":1}}"); // what is too old is forgotten

            assertThat(exporter.usageAt("2026-03-20T12:00:00Z")
                            .at("/exhausted_at/apify/daily/compute_units")
                            .asText())
                    .isEqualTo("2026-03-20T12:30:00Z");
        }
    }

    private static Map<String, BigDecimal> told(JsonNode exhaustedAt) {
        var told = new TreeMap<String, BigDecimal>();
        exhaustedAt
                .properties()
                .forEach(provider -> provider.getValue()
                        .properties()
                        .forEach(window -> window.getValue().properties().forEach(resource -> {
                            if (!resource.getValue().isNull()) {
                                told.put(
                                        "provider=\"" + provider.getKey() + "\",resource=\"" + resource.getKey()
                                                + "\",window=\"" + window.getKey() + "\"",
                                        BigDecimal.valueOf(Instant.parse(
                                                        resource.getValue().asText())
                                                .getEpochSecond()));
                            }
                        })));
        return told;
    }

    private static Map<String, BigDecimal> metrics(TestExporter exporter) {
        var metrics = new TreeMap<String, BigDecimal>();
        exporter.metrics().forEach((series, value) -> {
            if (series.startsWith("api_quota_exhaustion_timestamp_seconds")) {
                metrics.put(series.replaceAll(".*\\{|}", ""), new BigDecimal(value.toBigIntegerExact()));
            }
        });
        return metrics;
    }
}
