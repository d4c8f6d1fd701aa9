package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.testing.ExporterExtension;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The history as CSV. */
class HistoryCsvTest {
    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension(HistoryEndpointTest.PROVIDERS);

    @ParameterizedTest
    @ValueSource(
            strings = {"text/csv", "text/csv, application/json;q=0.9", "text/csv;q=0.5", "application/json;q=0, */*"})
    void servesCsvWhenPreferred(String accept) {
        HttpResponse<String> response = exporter.http().get("/api/usage/history", "Accept", accept);

        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
        assertThat(response.headers().firstValue("Vary")).hasValue("Accept");
        assertThat(response.body())
                .isEqualTo("\uFEFFwindow,from,to,provider,resource,used,limit,percent,status,category,category_used,"
                        + "consumer,consumer_used\r\n");
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
            assertThat(row).hasSize(13).containsEntry("used", "20").containsEntry("percent", "200");
        });
        assertThat(rows.stream().map(row -> row.get("category")))
                .containsAll(harmless)
                .containsAll(run.stream().map(category -> "'" + category).toList())
                .contains("recommendations")
                .hasSize(hostile.size() + 1);
        assertThat(csv.lines()).hasSize(rows.size() + 1);
        assertThat(csv).endsWith("\r\n").contains(",\"say \"\"hi\"\"\",1,,\r\n", ", led and trailed ,1,,\r\n");
    }

    @Test
    void consumersHaveLinesOfTheirOwn() {
        exporter.record("{\"provider\":\"apify\",\"consumer\":\"growth\",\"usage\":{\"compute_units\":2}}");
        exporter.record("{\"provider\":\"apify\",\"consumer\":\"=1+1\",\"usage\":{\"compute_units\":3}}");
        exporter.record("{\"provider\":\"apify\",\"usage\":{\"compute_units\":4}}");

        String csv = exporter.http()
                .get("/api/usage/history?provider=apify", "Accept", "text/csv")
                .body();

        assertThat(csv.lines().map(line -> line.replaceFirst(".*,compute_units,9,,,,", "")))
                .contains("uncategorized,9,,", ",,growth,2", ",,'=1+1,3");
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
                        "daily,2026-11-24,2026-11-24,apify,compute_units,1000000000000.000001,,,,instagram,0,,",
                        "daily,2026-11-24,2026-11-24,apify,compute_units,1000000000000.000001,,,,tiktok,1000000000000.000001,,");
        assertThat(monthly.body().lines().skip(1))
                .containsExactly(
                        "monthly,2026-11-17,2026-12-16,apify,compute_units,1000000000000.000001,100,1000000000000,critical,instagram,0,,",
                        "monthly,2026-11-17,2026-12-16,apify,compute_units,1000000000000.000001,100,1000000000000,critical,tiktok,1000000000000.000001,,");
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
            exporter.clock().advance(Duration.ofDays(1));
        }

        String csv = exporter.http()
                .get("/api/usage/history?days=60&resource=tokens", "Accept", "text/csv")
                .body();

        assertThat(csv.length()).isGreaterThan(3 * 64 * 1024);
        assertThat(rows(csv))
                .hasSize(41 * 101 + 1)
                .allSatisfy(row -> assertThat(row).hasSize(13));
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
