package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryEndpointTest {
    private static final String PROVIDERS = """
            providers:
              anthropic:
                limits: {daily: {requests: 10, tokens: 1000}}
              apify:
                timezone: Pacific/Kiritimati
                windows: {monthly: {reset_day: 17}}
                limits: {monthly: {compute_units: 100}}
            """;

    @TempDir
    Path folder;

    private Path config;
    private final SettableClock clock = new SettableClock("2026-11-24T09:15:00Z");
    private TestExporter exporter;

    @BeforeEach
    void start() throws Exception {
        config = Files.writeString(folder.resolve("usage.yml"), PROVIDERS);
        exporter = new TestExporter(folder.resolve("usage.db"), config, clock);
    }

    @AfterEach
    void stop() throws Exception {
        exporter.close();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "provider=openai                  | provider must be one of anthropic, apify",
                "provider=                        | provider must be one of anthropic, apify",
                "provider=apify&provider=apify    | provider may be given only once",
                "resource=tiles                   | resource must be one of compute_units, requests, tokens",
                "resource=tokens&provider=apify   | resource must be one of compute_units",
                "window=weekly                    | window must be one of daily, monthly",
                "window=DAILY                     | window must be one of daily, monthly",
                "days=0                           | days must be a whole number from 1 to 400",
                "days=401                         | days must be a whole number from 1 to 400",
                "days=-1                          | days must be a whole number from 1 to 400",
                "days=1.5                         | days must be a whole number from 1 to 400",
                "days=99999999999                 | days must be a whole number from 1 to 400",
                "days=                            | days must be a whole number from 1 to 400",
                "days=%D9%A3                      | days must be a whole number from 1 to 400",
                "from=yesterday                   | from must be a date, such as 2026-11-24",
                "from=2026-02-29                  | from must be a date, such as 2026-11-24",
                "from=2026-11-24T00:00:00Z        | from must be a date, such as 2026-11-24",
                "to=%2B12026-11-24                | to must be a date, such as 2026-11-24",
                "to=                              | to must be a date, such as 2026-11-24",
                "from=2026-11-24&to=2026-11-23    | from must not be after to",
                "from=2026-11-24&days=3           | days and from exclude each other; give from and to, or days and to",
                "from=2025-01-01&to=2026-02-05    | from 2025-01-01 to 2026-02-05 are 401 days; at most 400 are allowed",
                "provider=anthropic&from=2025-10-20 | from 2025-10-20 to 2026-11-24 are 401 days; at most 400 are allowed",
                "at=2026-11-24T00:00:00Z          | unknown query parameter at; allowed: provider, resource, from, to, days, window",
                "x%22%3C=1                        | unknown query parameter x\"<; allowed: provider, resource, from, to, days, window",
            })
    void invalidParameterIsRejectedWith400(String query, String detail) {
        HttpResponse<String> response = get(query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(TestExporter.json(response.body()).get("detail").asText()).isEqualTo(detail);
    }

    @Test
    void todayIsTheLatestDateOfTheChosenProviders() {
        assertThat(get("from=2025-10-21").statusCode()).isEqualTo(200);
        clock.advance(Duration.ofHours(1)); // in Kiritimati it is now the 25th
        assertThat(get("from=2025-10-21&provider=anthropic").statusCode()).isEqualTo(200);
        assertThat(get("from=2025-10-21").body())
                .contains("from 2025-10-21 to 2026-11-25 are 401 days; at most 400 are allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "days=1",
                "days=400",
                "to=0000-01-01&days=400",
                "to=9999-12-31",
                "from=0001-01-01&to=0001-02-01",
                "from=2025-10-21&provider=anthropic",
                "from=2026-11-25",
                "resource=compute_units",
                "window=monthly&days=400"
            })
    void validQueryWithoutEventsReturnsAnEmptyHistory(String query) {
        JsonNode history = history(query);

        assertThat(history.get("history"))
                .allSatisfy(windows -> assertThat(windows).isEmpty());
    }

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
                                  "uncategorized": {"requests": 3, "tokens": 0}}}]}}"""));
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
        restart();
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
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("usage.db"));
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
    @ValueSource(
            strings = {"text/csv", "text/csv, application/json;q=0.9", "text/csv;q=0.5", "application/json;q=0, */*"})
    void servesCsvWhenPreferred(String accept) {
        HttpResponse<String> response = exporter.http().get("/api/usage/history", "Accept", accept);

        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
        assertThat(response.headers().firstValue("Vary")).hasValue("Accept");
        assertThat(response.body())
                .isEqualTo(
                        "\uFEFFwindow,from,to,provider,resource,used,limit,percent,status,category,category_used\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "text/csv;q=0", "text/html", "application/json, text/csv;q=0.9"})
    void servesJsonOtherwise(String accept) {
        HttpResponse<String> response = exporter.http().get("/api/usage/history", "Accept", accept);

        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("Vary")).hasValue("Accept");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(response.body()).endsWith("}\n").hasLineCount(1);
    }

    @Test
    void categoriesThatASpreadsheetWouldEvaluateAreTextInCsv() throws Exception {
        List<String> run = List.of(
                "=1+1",
                "=cmd|' /C calc'!A0",
                "@SUM(A1)",
                "-1",
                "+1",
                " =1+1",
                "\u00A0=1+1",
                "＝1+1",
                "＋1",
                "－1",
                "＠SUM(A1)");
        List<String> harmless =
                List.of("1+1=2", "a@b", "a,b", "say \"hi\"", "\"", " led and trailed ", "ünï 🤖", ";", "'");
        var hostile = new ArrayList<>(run);
        hostile.addAll(harmless);
        for (String category : hostile) {
            String json = category.replace("\"", "\\\"");
            exporter.record("{\"provider\":\"anthropic\",\"category\":\"" + json + "\",\"usage\":{\"requests\":1}}");
        }

        String csv = exporter.http()
                .get("/api/usage/history?resource=requests", "Accept", "text/csv")
                .body();

        List<Map<String, String>> rows = rows(csv);
        assertThat(rows).allSatisfy(row -> {
            assertThat(row).hasSize(11).containsEntry("used", "20").containsEntry("percent", "200");
        });
        assertThat(rows.stream().map(row -> row.get("category")))
                .containsAll(harmless)
                .containsAll(run.stream().map(category -> "'" + category).toList())
                .contains("recommendations")
                .hasSize(hostile.size() + 1);
        assertThat(csv.lines()).hasSize(rows.size() + 1);
        assertThat(csv).endsWith("\r\n").contains(",\"say \"\"hi\"\"\",1\r\n", ", led and trailed ,1\r\n");
    }

    @Test
    void csvNumbersAreExactAndMissingLimitsEmpty() throws Exception {
        exporter.record("{\"provider\":\"apify\",\"category\":\"tiktok\",\"usage\":{\"compute_units\":1000000000000}}");
        exporter.record("{\"provider\":\"apify\",\"category\":\"tiktok\",\"usage\":{\"compute_units\":0.000001}}");

        HttpResponse<byte[]> daily =
                exporter.http().getBytes("/api/usage/history?provider=apify", "Accept", "text/csv");
        HttpResponse<String> monthly =
                exporter.http().get("/api/usage/history?provider=apify&window=monthly", "Accept", "text/csv");

        assertThat(new String(daily.body(), StandardCharsets.UTF_8).lines().skip(1))
                .containsExactly(
                        "daily,2026-11-24,2026-11-24,apify,compute_units,1000000000000.000001,,,,instagram,0",
                        "daily,2026-11-24,2026-11-24,apify,compute_units,1000000000000.000001,,,,tiktok,1000000000000.000001");
        assertThat(monthly.body().lines().skip(1))
                .containsExactly(
                        "monthly,2026-11-17,2026-12-16,apify,compute_units,1000000000000.000001,100,1000000000000,critical,instagram,0",
                        "monthly,2026-11-17,2026-12-16,apify,compute_units,1000000000000.000001,100,1000000000000,critical,tiktok,1000000000000.000001");
    }

    @ParameterizedTest
    @CsvSource({"GET, 200", "HEAD, 200", "POST, 405", "DELETE, 405"})
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

    @Test
    void longCsvIsComplete() throws Exception {
        for (int day = 0; day <= UsageEvent.MAX_AGE.toDays(); day++) {
            var events = new ArrayList<String>();
            for (int category = 0; category < 100; category++) {
                events.add("{\"provider\":\"anthropic\",\"category\":\"category " + category
                        + "\",\"usage\":{\"tokens\":1}}");
            }
            exporter.record("[" + String.join(",", events) + "]");
            clock.advance(Duration.ofDays(1));
        }

        String csv = exporter.http()
                .get("/api/usage/history?days=60&resource=tokens", "Accept", "text/csv")
                .body();

        assertThat(csv.length()).isGreaterThan(3 * 64 * 1024);
        assertThat(rows(csv))
                .hasSize(41 * 101 + 1)
                .allSatisfy(row -> assertThat(row).hasSize(11));
    }

    private void record(String provider, String resource, int units) {
        HttpResponse<String> response =
                exporter.record("{\"provider\":\"" + provider + "\",\"usage\":{\"" + resource + "\":" + units + "}}");
        assertThat(response.statusCode()).isEqualTo(200);
    }

    private void restart() throws Exception {
        exporter.close();
        exporter = new TestExporter(folder.resolve("usage.db"), config, clock);
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

    private static List<Map<String, String>> rows(String csv) throws Exception {
        try (MappingIterator<Map<String, String>> rows = new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(csv.substring(1))) {
            return rows.readAll();
        }
    }
}
