package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.TestExporter;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A week from Thursday on, in a zone that is ahead of UTC; the test's clock stands at Tuesday, 24 November 2026. */
class WeeklyWindowTest {
    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension("""
            timezone: Asia/Kolkata
            windows: {weekly: {start_day: thursday}}
            providers:
              anthropic: {limits: {daily: {requests: 10}, weekly: {requests: 100}}}
              apify: {limits: {daily: {compute_units: 10}}}
            """);

    @BeforeEach
    void record() {
        record("2026-11-18T18:29:59Z", 1); // Wednesday
        record("2026-11-18T18:30:00Z", 20); // Thursday
        record("2026-11-24T09:15:00Z", 40);
    }

    private void record(String at, int requests) {
        exporter.record("{\"provider\":\"anthropic\",\"at\":\"" + at + "\",\"usage\":{\"requests\":" + requests + "}}");
    }

    @Test
    void weekIsInTheViewsOfProvidersThatLimitIt() {
        JsonNode usage = exporter.usage();
        assertThat(usage.at("/limits/anthropic").toString())
                .isEqualTo("{\"daily\":{\"requests\":10},\"weekly\":{\"requests\":100},\"monthly\":{}}");
        assertThat(usage.at("/used/anthropic/weekly/requests").intValue()).isEqualTo(60);
        assertThat(usage.at("/status/anthropic/weekly/requests").asText()).isEqualTo("warning");
        assertThat(usage.at("/resets_at/anthropic/weekly").asText()).isEqualTo("2026-11-25T18:30:00Z");
        assertThat(exporter.metric(
                        "api_quota_used_ratio{provider=\"anthropic\",resource=\"requests\",window=\"weekly\"}"))
                .isEqualByComparingTo("0.6");
        assertThat(exporter.metric("api_quota_reset_timestamp_seconds{provider=\"anthropic\",window=\"weekly\"}"))
                .isEqualByComparingTo("" + Instant.parse("2026-11-25T18:30:00Z").getEpochSecond());
        assertThat(exporter.text()).contains("🤖 Anthropic API - This Week\nRequests: 60 / 100 (60%) 🟡\n");
        assertThat(exporter.http().get("/usage", "Accept", "text/html").body())
                .contains("This week <", "60 / 100 used", "requests this week");
        assertThat(exporter.text()).doesNotContain("Apify Scraping - This Week");
        assertThat(usage.at("/used/apify").has("weekly")).isFalse();
        assertThat(exporter.http().get("/metrics").body()).doesNotContain("provider=\"apify\",window=\"weekly\"");
    }

    @Test
    void weekIsInTheHistory() {
        JsonNode weeks = TestExporter.json(exporter.http()
                        .get("/api/usage/history?window=weekly&days=10&provider=anthropic")
                        .body())
                .at("/history/anthropic");
        assertThat(weeks).hasSize(2);
        assertThat(weeks.at("/0/from").asText()).isEqualTo("2026-11-12");
        assertThat(weeks.at("/0/used/requests").intValue()).isEqualTo(1);
        assertThat(weeks.at("/1/from").asText()).isEqualTo("2026-11-19");
        assertThat(weeks.at("/1/to").asText()).isEqualTo("2026-11-25");
        assertThat(weeks.at("/1/percent/requests").intValue()).isEqualTo(60);
    }
}
