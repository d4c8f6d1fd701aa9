package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hours of a half-hour zone, and sessions of two hours; the test's clock stands at 14:45 in Kolkata. */
class HourAndSessionWindowTest {
    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension("""
            timezone: Asia/Kolkata
            windows: {session: {length: 2h}}
            providers:
              anthropic:
                limits: {hourly: {requests: 10}, session: {requests: 20}}
                gateway: {upstream: "http://127.0.0.1:1", on_exhausted: reject}
              apify: {limits: {daily: {compute_units: 10}}}
            """);

    @BeforeEach
    void record() {
        record("2026-11-24T08:00:00Z", 1); // opens the session, in the hour before
        record("2026-11-24T08:29:59Z", 2);
        record("2026-11-24T08:30:00Z", 3);
        record("2026-11-24T09:15:00Z", 4);
    }

    private void record(String at, int requests) {
        HttpResponse<String> response = exporter.record(
                "{\"provider\":\"anthropic\",\"at\":\"" + at + "\",\"usage\":{\"requests\":" + requests + "}}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private static String quota(String name, String window) {
        return name + "{provider=\"anthropic\",resource=\"requests\",window=\"" + window + "\"}";
    }

    private static String epoch(String instant) {
        return "" + Instant.parse(instant).getEpochSecond();
    }

    @Test
    void hourAndSessionAreInEveryView() {
        JsonNode usage = exporter.usage();
        assertThat(usage.at("/limits/anthropic").toString())
                .isEqualTo("{\"hourly\":{\"requests\":10},\"daily\":{},\"monthly\":{},\"session\":{\"requests\":20}}");
        assertThat(usage.at("/used/anthropic").toString())
                .isEqualTo("{\"hourly\":{\"requests\":7},\"daily\":{\"requests\":10},\"monthly\":{\"requests\":10},"
                        + "\"session\":{\"requests\":10}}");
        assertThat(usage.at("/remaining/anthropic/session/requests").intValue()).isEqualTo(10);
        assertThat(usage.at("/percent/anthropic/hourly/requests").intValue()).isEqualTo(70);
        assertThat(usage.at("/status/anthropic/session/requests").asText()).isEqualTo("warning");
        assertThat(usage.at("/resets_at/anthropic/hourly").asText()).isEqualTo("2026-11-24T09:30:00Z");
        assertThat(usage.at("/resets_at/anthropic/session").asText()).isEqualTo("2026-11-24T10:00:00Z");
        assertThat(usage.at("/breakdown/anthropic/hourly/uncategorized/requests")
                        .intValue())
                .isEqualTo(7);
        assertThat(exporter.metric(quota("api_quota_used", "hourly"))).isEqualByComparingTo("7");
        assertThat(exporter.metric(quota("api_quota_used_ratio", "session"))).isEqualByComparingTo("0.5");
        assertThat(exporter.metric("api_quota_reset_timestamp_seconds{provider=\"anthropic\",window=\"hourly\"}"))
                .isEqualByComparingTo(epoch("2026-11-24T09:30:00Z"));
        assertThat(exporter.metric("api_quota_reset_timestamp_seconds{provider=\"anthropic\",window=\"session\"}"))
                .isEqualByComparingTo(epoch("2026-11-24T10:00:00Z"));
        assertThat(exporter.text())
                .startsWith("🤖 Anthropic API - This Hour\nRequests: 7 / 10 (70%) 🟡\nRemaining: 3 requests\n")
                .contains("\n\n🤖 Anthropic API - This Session\nRequests: 10 / 20 (50%) 🟡\nRemaining: 10 requests\n");
        assertThat(exporter.http().get("/usage", "Accept", "text/html").body())
                .contains("This hour <", "7 / 10 used", "requests this session");
    }

    @Test
    void providerWithoutALimitInThemHasNeither() {
        JsonNode usage = exporter.usage();
        assertThat(usage.at("/used/apify").toString())
                .isEqualTo("{\"daily\":{\"compute_units\":0},\"monthly\":{\"compute_units\":0}}");
        assertThat(exporter.http().get("/metrics").body())
                .doesNotContain("provider=\"apify\",window=\"hourly\"")
                .doesNotContain("provider=\"apify\",window=\"session\"");
        assertThat(exporter.text()).doesNotContain("Apify Scraping - This Hour", "Apify Scraping - This Session");
    }

    @Test
    void hourTurnsAndSessionEnds() {
        exporter.clock().set(Instant.parse("2026-11-24T09:59:59Z"));
        assertThat(exporter.usage().at("/used/anthropic/hourly/requests").intValue())
                .isZero();
        assertThat(exporter.usage().at("/used/anthropic/session/requests").intValue())
                .isEqualTo(10);

        exporter.clock().set(Instant.parse("2026-11-24T10:00:00Z"));
        JsonNode usage = exporter.usage();
        assertThat(usage.at("/used/anthropic/session/requests").intValue()).isZero();
        assertThat(usage.at("/remaining/anthropic/session/requests").intValue()).isEqualTo(20);
        assertThat(usage.at("/resets_at/anthropic").has("session")).isTrue();
        assertThat(usage.at("/resets_at/anthropic/session").isNull()).isTrue();
        assertThat(usage.at("/exhausted_at/anthropic/session").toString()).isEqualTo("{}");
        assertThat(exporter.metric(quota("api_quota_used", "session"))).isEqualByComparingTo("0");
        assertThat(exporter.metrics())
                .doesNotContainKey("api_quota_reset_timestamp_seconds{provider=\"anthropic\",window=\"session\"}");
        assertThat(exporter.text())
                .contains("This Session\nRequests: 0 / 20 (0%) 🟢\nRemaining: 20 requests\nNo session is running.\n");
        assertThat(exporter.http().get("/usage", "Accept", "text/html").body()).contains("none is running");

        record("2026-11-24T10:00:00Z", 5);
        assertThat(exporter.usage().at("/resets_at/anthropic/session").asText()).isEqualTo("2026-11-24T12:00:00Z");
    }

    @Test
    void pastWindowsAreThoseThatContainedTheInstant() throws Exception {
        exporter.clock().set(Instant.parse("2026-11-26T00:00:00Z"));
        record("2026-11-26T00:00:00Z", 5); // drops hours and sessions that are over
        exporter.restart();

        JsonNode usage = exporter.usageAt("2026-11-24T08:29:59Z");
        assertThat(usage.at("/used/anthropic/hourly/requests").intValue()).isEqualTo(3);
        assertThat(usage.at("/resets_at/anthropic/hourly").asText()).isEqualTo("2026-11-24T08:30:00Z");
        assertThat(usage.at("/used/anthropic/session/requests").intValue()).isEqualTo(10);
        assertThat(usage.at("/resets_at/anthropic/session").asText()).isEqualTo("2026-11-24T10:00:00Z");
        assertThat(exporter.usageAt("2026-11-24T10:00:00Z")
                        .at("/resets_at/anthropic/session")
                        .isNull())
                .isTrue();
    }

    @Test
    void historyListsHoursWithTheirInstants() {
        JsonNode hours = history("window=hourly&days=1");
        assertThat(hours).hasSize(15); // since midnight
        assertThat(hours.at("/14/from").asText()).isEqualTo("2026-11-24T08:30:00Z");
        assertThat(hours.at("/14/to").asText()).isEqualTo("2026-11-24T09:30:00Z");
        assertThat(hours.at("/13/used/requests").intValue()).isEqualTo(3);
        assertThat(hours.at("/14/used/requests").intValue()).isEqualTo(7);
        assertThat(hours.at("/14/limit/requests").intValue()).isEqualTo(10);
        assertThat(hours.at("/14/status/requests").asText()).isEqualTo("warning");
    }

    @Test
    void historyListsSessions() {
        record("2026-11-23T17:00:00Z", 6); // ends after midnight
        record("2026-11-22T16:00:00Z", 7);
        JsonNode sessions = history("window=session&days=1");
        assertThat(sessions).hasSize(2);
        assertThat(sessions.at("/0/from").asText()).isEqualTo("2026-11-23T17:00:00Z");
        assertThat(sessions.at("/0/to").asText()).isEqualTo("2026-11-23T19:00:00Z");
        assertThat(sessions.at("/0/used/requests").intValue()).isEqualTo(6);
        assertThat(sessions.at("/1/from").asText()).isEqualTo("2026-11-24T08:00:00Z");
        assertThat(sessions.at("/1/percent/requests").intValue()).isEqualTo(50);
        assertThat(history("window=session")).hasSize(3);
    }

    @Test
    void csvHistoryHasHoursAndSessions() {
        String hours = exporter.http()
                .get("/api/usage/history?window=hourly&days=1", "Accept", "text/csv")
                .body();
        assertThat(hours.lines())
                .contains("hourly,2026-11-24T08:30:00Z,2026-11-24T09:30:00Z,anthropic,requests,7,10,70,warning,"
                        + "uncategorized,7,,");
        String sessions = exporter.http()
                .get("/api/usage/history?window=session", "Accept", "text/csv")
                .body();
        assertThat(sessions.lines())
                .contains("session,2026-11-24T08:00:00Z,2026-11-24T10:00:00Z,anthropic,requests,10,20,50,warning,"
                        + "uncategorized,10,,");
    }

    private JsonNode history(String query) {
        HttpResponse<String> response = exporter.http().get("/api/usage/history?provider=anthropic&" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestExporter.json(response.body()).at("/history/anthropic");
    }

    @Test
    void hoursAreListedOfFewerDays() {
        HttpResponse<String> tooMany = exporter.http().get("/api/usage/history?window=hourly&days=15");
        assertThat(tooMany.statusCode()).isEqualTo(400);
        assertThat(tooMany.body()).contains("days must be a whole number from 1 to 14");
        HttpResponse<String> range =
                exporter.http().get("/api/usage/history?window=session&from=2026-11-01&to=2026-11-15");
        assertThat(range.body()).contains("are 15 days; at most 14 are allowed");
        assertThat(history("window=hourly")).hasSize(15);
    }

    @Test
    void exhaustedHourRefusesGatewayCallsUntilItEnds() {
        record("2026-11-24T09:10:00Z", 3);
        HttpResponse<String> refused = call();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).hasValue("" + (15 * 60 + 1));
        assertThat(exporter.usage()
                        .at("/exhausted_at/anthropic/hourly/requests")
                        .asText())
                .isEqualTo("2026-11-24T09:15:00Z");

        exporter.clock().set(Instant.parse("2026-11-24T09:30:00Z"));
        assertThat(call().statusCode()).isEqualTo(502);
    }

    @Test
    void exhaustedSessionRefusesGatewayCallsUntilItEnds() {
        record("2026-11-24T08:10:00Z", 10);
        HttpResponse<String> refused = call();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).hasValue("" + (45 * 60 + 1));

        exporter.clock().set(Instant.parse("2026-11-24T10:00:00Z"));
        assertThat(call().statusCode()).isEqualTo(502);
    }

    private HttpResponse<String> call() {
        return exporter.http()
                .post("/gateway/anthropic/v1/messages", "application/json", "{\"model\":\"m\",\"messages\":[]}");
    }
}
