package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryEndpointTest {
    static final String PROVIDERS = """
            providers:
              anthropic:
                limits: {daily: {requests: 10, tokens: 1000}}
              apify:
                timezone: Pacific/Kiritimati
                windows: {monthly: {reset_day: 17}}
                limits: {monthly: {compute_units: 100}}
            """;

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension(PROVIDERS);

    private final SettableClock clock = exporter.clock();

    @Test
    void jsonHasTimeWindowThresholdsAndHistory() {
        record("anthropic", "requests", 3);
        JsonNode response = history("provider=anthropic");

        assertThat(response).isEqualTo(TestExporter.json("""
                {"generated_at": "2026-11-24T09:15:00Z", "window": "daily",
                 "thresholds": {"warning": 0.5, "critical": 0.8},
                 "history": {"anthropic": [
                   {"from": "2026-11-24", "to": "2026-11-24",
                    "used": {"requests": 3, "tokens": 0}, "limit": {"requests": 10, "tokens": 1000},
                    "percent": {"requests": 30, "tokens": 0}, "status": {"requests": "good", "tokens": "good"},
                    "breakdown": {"recommendations": {"requests": 0, "tokens": 0},
                                  "uncategorized": {"requests": 3, "tokens": 0}},
                    "consumers": {}, "models": {}, "unpriced": {}}]}}"""));
    }

    @Test
    void filtersProviderAndResource() {
        record("anthropic", "requests", 3);
        record("apify", "compute_units", 4);

        assertThat(history("").get("history").fieldNames()).toIterable().containsExactly("anthropic", "apify");
        assertThat(history("provider=apify").get("history").fieldNames())
                .toIterable()
                .containsExactly("apify");
        JsonNode requests = history("resource=requests").get("history");
        assertThat(requests.fieldNames()).toIterable().containsExactly("anthropic");
        assertThat(requests.at("/anthropic/0/used")).hasSize(1);
        assertThat(requests.at("/anthropic/0/percent")).hasSize(1);
        assertThat(requests.at("/anthropic/0/breakdown/uncategorized")).hasSize(1);
    }

    @Test
    void daysAreInTheTimeZoneOfTheProvider() {
        clock.advance(Duration.ofHours(1));
        record("anthropic", "requests", 3);
        record("apify", "compute_units", 4);

        assertThat(history("").at("/history/anthropic/0/from").asText()).isEqualTo("2026-11-24");
        assertThat(history("").at("/history/apify/0/from").asText()).isEqualTo("2026-11-25");
        assertThat(history("window=monthly").at("/history/apify/0/from").asText())
                .isEqualTo("2026-11-17");
        assertThat(history("window=monthly").at("/history/apify/0/to").asText()).isEqualTo("2026-12-16");
    }

    @Test
    void daysNoLongerInMemoryAreReadFromTheLedger() throws Exception {
        var expected = new ArrayList<String>();
        int days = 200;
        for (int day = 0; day < days; day++) {
            if (day % 7 == 0) {
                record("anthropic", "requests", day + 1);
            }
            expected.add(clock.instant().toString().substring(0, 10) + " " + (day % 7 == 0 ? day + 1 : 0));
            clock.advance(Duration.ofDays(1));
        }
        clock.advance(Duration.ofDays(-1));

        assertThat(requests(history("provider=anthropic&days=400"))).isEqualTo(expected);
        assertThat(requests(history("provider=anthropic&days=90"))).isEqualTo(expected.subList(days - 90, days));
        assertThat(requests(history("provider=anthropic&to=2027-01-10&days=20")))
                .isEqualTo(expected.subList(28, 48));
        JsonNode months = history("provider=anthropic&days=400&window=monthly");
        exporter.restart();
        assertThat(requests(history("provider=anthropic&days=400"))).isEqualTo(expected);
        assertThat(history("provider=anthropic&days=400&window=monthly")).isEqualTo(months);
        assertThat(months.at("/history/anthropic/0/from").asText()).isEqualTo("2026-11-01");
        assertThat(months.at("/history/anthropic/0/used/requests").asInt()).isEqualTo(1);
    }

    @Test
    void lateEventMovesTheFirstDayBack() {
        record("anthropic", "requests", 1);
        assertThat(requests(history("provider=anthropic"))).containsExactly("2026-11-24 1");
        exporter.record("""
                {"provider": "anthropic", "at": "2026-10-20T00:00:00Z", "usage": {"requests": 5}}""");

        assertThat(requests(history("provider=anthropic&days=40")))
                .hasSize(36)
                .startsWith("2026-10-20 5", "2026-10-21 0")
                .endsWith("2026-11-23 0", "2026-11-24 1");
    }

    @Test
    void newestWindowEqualsTheCurrentReport() {
        record("anthropic", "tokens", 567);
        record("apify", "compute_units", 89);
        JsonNode usage = exporter.usage();

        for (String window : List.of("daily", "monthly")) {
            JsonNode history = history("window=" + window).get("history");
            for (String provider : List.of("anthropic", "apify")) {
                JsonNode now = history.get(provider).get(0);
                Map.of("used", "used", "limit", "limits", "percent", "percent", "status", "status")
                        .forEach((field, tree) -> assertThat(now.get(field))
                                .isEqualTo(usage.at("/" + tree + "/" + provider + "/" + window)));
                assertThat(now.get("breakdown")).isEqualTo(usage.at("/breakdown/" + provider + "/" + window));
            }
        }
    }

    @Test
    void unreadableLedgerIs500AndNotAnEmptyHistory() throws Exception {
        record("anthropic", "requests", 3);
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + exporter.ledger());
                var statement = connection.createStatement()) {
            statement.executeUpdate("DROP TABLE day_total");
        }

        for (String path : List.of("/api/usage?at=2026-01-01T00:00:00Z", "/api/usage/history?days=300")) {
            HttpResponse<String> response = exporter.http().get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(500);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
        assertThat(requests(history("provider=anthropic"))).containsExactly("2026-11-24 3");
    }

    @ParameterizedTest
    @CsvSource({"GET, 200", "HEAD, 200", "POST, 405", "PUT, 405"})
    void onlyGetAndHeadAreAllowed(String method, int status) {
        record("anthropic", "requests", 1);
        HttpResponse<String> response = exporter.http().send(method, "/api/usage/history");

        assertThat(response.statusCode()).isEqualTo(status);
        if (method.equals("HEAD")) {
            assertThat(response.body()).isEmpty();
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
            assertThat(response.headers().firstValueAsLong("Content-Length").orElse(0))
                    .isEqualTo(get("").body().length());
        }
        if (status == 405) {
            assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
        }
    }

    private void record(String provider, String resource, int units) {
        HttpResponse<String> response =
                exporter.record("{\"provider\":\"" + provider + "\",\"usage\":{\"" + resource + "\":" + units + "}}");
        assertThat(response.statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(String query) {
        return exporter.http().get("/api/usage/history" + (query.isEmpty() ? "" : "?" + query));
    }

    private JsonNode history(String query) {
        HttpResponse<String> response = get(query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestExporter.json(response.body());
    }

    private static List<String> requests(JsonNode history) {
        return StreamSupport.stream(history.at("/history/anthropic").spliterator(), false)
                .map(day -> day.get("from").asText() + " "
                        + day.at("/used/requests").asText())
                .toList();
    }
}
