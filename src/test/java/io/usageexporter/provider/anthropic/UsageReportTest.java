package io.usageexporter.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.testing.Samples;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void pagesOfTheCurrentReportHaveTheExpectedUsage() throws IOException {
        JsonNode expected = expected("anthropic/analytics-usage-page1.json + page2.json");
        List<ReportRow> rows = pages(ReportApi.ANALYTICS_USAGE, "analytics-usage", "page_U2FtcGxlUGFnZTI=");

        assertThat(rows).hasSize(expected.required("rows").intValue());
        assertThat(rows.stream().map(UsageReportTest::requests).reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(expected.required("requests").decimalValue());
        assertThat(rows.stream()
                        .flatMap(row -> row.amounts().entrySet().stream())
                        .filter(amount -> amount.getKey().kind() != null)
                        .map(Map.Entry::getValue)
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(expected.required("total_tokens").decimalValue());
        assertThat(rows)
                .extracting(ReportRow::model, ReportRow::startingAt)
                .containsExactly(tuple("claude-sonnet-5-5", "2026-11-20T00:00:00Z"), tuple("", "2026-11-20T00:00:00Z"));
    }

    @Test
    void pagesOfTheOlderReportHaveTheExpectedUsage() throws IOException {
        JsonNode expected = expected("anthropic/admin-usage-messages-page1.json + page2.json");
        List<ReportRow> rows =
                pages(ReportApi.USAGE_REPORT, "admin-usage-messages", "page_MjAyNi0xMS0yMlQwMDowMDowMFo=");

        assertThat(rows).hasSize(expected.required("rows").intValue());
        assertThat(rows).extracting(UsageReportTest::requests).containsOnlyNulls();
        assertThat(sum(rows, TokenKind.INPUT))
                .isEqualByComparingTo(expected.required("uncached_input_tokens").decimalValue());
        assertThat(sum(rows, TokenKind.CACHE_WRITE_5M).add(sum(rows, TokenKind.CACHE_WRITE_1H)))
                .isEqualByComparingTo(expected.required("cache_creation_tokens").decimalValue());
        assertThat(sum(rows, TokenKind.CACHE_WRITE_1H)).isEqualByComparingTo("20000");
        assertThat(sum(rows, TokenKind.CACHE_READ))
                .isEqualByComparingTo(
                        expected.required("cache_read_input_tokens").decimalValue());
        assertThat(sum(rows, TokenKind.OUTPUT))
                .isEqualByComparingTo(expected.required("output_tokens").decimalValue());
        assertThat(rows)
                .extracting(ReportRow::model, ReportRow::startingAt)
                .contains(tuple("claude-opus-5-5", "2026-11-22T00:00:00Z"));
    }

    private static Tuple tuple(String model, String from) {
        return Tuple.tuple(model, Instant.parse(from));
    }

    @Test
    void emptyReportMeansNoUsage() throws IOException {
        for (ReportApi api : ReportApi.values()) {
            assertThat(read(api, "{\"data\": [], \"has_more\": false, \"next_page\": null, \"new\": 1}"))
                    .isEqualTo(new ReportPage(List.of(), null));
            assertThat(read(api, "{\"data\": []}")).isEqualTo(new ReportPage(List.of(), null));
            assertThat(read(api, "{\"data\": [], \"has_more\": false, \"next_page\": \"p\"}"))
                    .isEqualTo(new ReportPage(List.of(), null));
            assertThat(read(api, "{\"data\": [], \"next_page\": \"p\"}")).isEqualTo(new ReportPage(List.of(), "p"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "5",
                "{\"data\": {}}",
                "{\"data\": \"x\"}",
                "{\"data\": [], \"has_more\": true}",
                "{\"data\": [], \"has_more\": true, \"next_page\": 5}",
                "{\"data\": [5]}",
                "{\"data\": [{}]}",
                "{\"data\": [{\"starting_at\": \"2026-11-20T00:00:00Z\", \"usage\": {}, \"results\": [{}]}]}",
                "{\"data\": [{\"starting_at\": \"x\", \"ending_at\": \"y\", \"usage\": {}, \"results\": [{}]}]}",
                "{\"data\": [{\"starting_at\": 5, \"ending_at\": 6, \"usage\": {}, \"results\": [{}]}]}",
                "{\"data\": [{\"starting_at\": \"2026-11-20T00:00:00Z\", \"ending_at\": \"2026-11-21T00:00:00Z\","
                        + " \"usage\": 5, \"results\": [5]}]}",
                "{\"type\": \"error\"}"
            })
    void responseThatIsNotAReportDoesNotMeanNoUsage(String response) throws IOException {
        for (ReportApi api : ReportApi.values()) {
            assertThat(read(api, response)).as(response).isNull();
        }
    }

    private static final String SPAN =
            "\"starting_at\": \"2026-11-20T01:00:00+01:00\", \"ending_at\": \"2026-11-21T00:00:00Z\"";

    private static String response(String usage) {
        return "{\"data\": [{" + SPAN + ", \"group\": {\"model\": \"m\"}, \"usage\": {" + usage + "}}]}";
    }

    @Test
    void missingTokensAreZeroAndMissingRequestsUnknown() throws IOException {
        ReportPage report = report(
                ReportApi.ANALYTICS_USAGE, response("\"uncached_input_tokens\": null, \"cache_creation\": null"));

        assertThat(report.rows()).extracting(UsageReportTest::requests).containsOnlyNulls();
        assertThat(report.rows()).extracting(ReportRow::startingAt).containsOnly(Instant.parse("2026-11-20T00:00:00Z"));
        assertThat(report.rows().get(0).amounts().values()).containsOnly(BigDecimal.ZERO);
    }

    @Test
    void wholeNumberInAnyNotationCounts() throws IOException {
        ReportPage report = report(
                ReportApi.ANALYTICS_USAGE,
                response("\"uncached_input_tokens\": 12.0, \"output_tokens\": \"30\", \"requests\": 1e2,"
                        + " \"cache_read_input_tokens\": 100000000000000000"));

        assertThat(requests(report.rows().get(0))).isEqualByComparingTo("100");
        assertThat(report.rows().get(0).amounts())
                .containsEntry(Measure.tokens(TokenKind.INPUT), new BigDecimal("12"))
                .containsEntry(Measure.tokens(TokenKind.OUTPUT), new BigDecimal("30"))
                .containsEntry(Measure.tokens(TokenKind.CACHE_READ), new BigDecimal("100000000000000000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "1.5", "1e400", "10000000000000000000000", "true", "[]", "{}", "\"\"", "\"x\""})
    void invalidCountMakesTheReportUnknownAndNotZero(String figure) throws IOException {
        for (String field : List.of("uncached_input_tokens", "output_tokens", "cache_read_input_tokens", "requests")) {
            assertThat(read(ReportApi.ANALYTICS_USAGE, response("\"" + field + "\": " + figure)))
                    .as(field)
                    .isNull();
        }
    }

    private static List<ReportRow> pages(ReportApi api, String name, String secondPage) throws IOException {
        var rows = new ArrayList<ReportRow>();
        ReportPage first = report(api, Samples.text("anthropic/" + name + "-page1.json"));
        assertThat(first.nextPage()).isEqualTo(secondPage);
        rows.addAll(first.rows());
        ReportPage second = report(api, Samples.text("anthropic/" + name + "-page2.json"));
        assertThat(second.nextPage()).isNull();
        rows.addAll(second.rows());
        return rows;
    }

    private static ReportPage report(ReportApi api, String response) throws IOException {
        return Objects.requireNonNull(read(api, response));
    }

    private static @Nullable ReportPage read(ReportApi api, String response) throws IOException {
        return api.read(JSON.readTree(response));
    }

    private static JsonNode expected(String name) throws IOException {
        return JSON.readTree(Samples.bytes("EXPECTED.json")).required(name);
    }

    private static @Nullable BigDecimal requests(ReportRow row) {
        return row.amounts().get(Measure.of(Measure.REQUESTS));
    }

    private static BigDecimal sum(List<ReportRow> rows, TokenKind kind) {
        return rows.stream()
                .map(row -> row.amounts().getOrDefault(Measure.tokens(kind), BigDecimal.ZERO))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
