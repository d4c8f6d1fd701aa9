package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ExporterExtension;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consumers' own quotas in JSON, metrics and text. */
class ConsumerQuotasTest {
    private static final String PROVIDERS =
            "providers: {anthropic: {limits: {daily: {tokens: 1000000}}, resources: [requests]}}\n";

    @RegisterExtension
    final ExporterExtension exporter =
            new ExporterExtension(PROVIDERS + "consumers: {growth: {display_name: Growth, limits: {anthropic:"
                    + " {daily: {tokens: 1000}, monthly: {usd: 300}}}}}");

    private void use(String consumer, String tokens) {
        assertThat(exporter.record("{\"provider\":\"anthropic\",\"consumer\":\"" + consumer
                                + "\",\"usage\":{\"tokens\":" + tokens + "}}")
                        .statusCode())
                .isEqualTo(200);
    }

    private void reload(String consumers) throws Exception {
        Files.writeString(exporter.config(), PROVIDERS + consumers);
        assertThat(exporter.http().send("POST", "/-/reload").statusCode()).isEqualTo(200);
    }

    private JsonNode quota(String consumer, String window, String resource) {
        return exporter.usage().at("/consumer_quotas/anthropic/" + window + "/" + consumer + "/" + resource);
    }

    private BigDecimal gauge(String name, String consumer) {
        return exporter.metric("api_consumer_quota_" + name + "{consumer=\"" + consumer
                + "\",provider=\"anthropic\",resource=\"tokens\",window=\"daily\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "499.999999, 49.9999,  49.9%, good,     0, 🟢, 500.000001",
        "500,        50,       50%,   warning,  1, 🟡, 500",
        "800,        80,       80%,   warning,  1, 🟡, 200",
        "800.000001, 80.0001,  80.1%, critical, 2, 🔴, 199.999999",
        "1500,       150,      150%,  critical, 2, 🔴, 0"
    })
    void statusFollowsTheThresholdsInEveryView(
            String used, String percent, String shown, String status, int level, String emoji, String remaining) {
        use("growth", used);
        use("search", "5000");

        assertThat(quota("growth", "daily", "tokens").toString())
                .isEqualTo("{\"limit\":1000,\"used\":" + used + ",\"remaining\":" + remaining + ",\"percent\":"
                        + percent + ",\"status\":\"" + status + "\"}");
        assertThat(gauge("limit", "growth")).isEqualByComparingTo("1000");
        assertThat(gauge("used", "growth")).isEqualByComparingTo(used);
        assertThat(gauge("remaining", "growth")).isEqualByComparingTo(remaining);
        assertThat(gauge("used_ratio", "growth")).isEqualByComparingTo(new BigDecimal(used).movePointLeft(3));
        assertThat(gauge("status", "growth")).isEqualByComparingTo("" + level);
        assertThat(exporter.text().lines()).contains("Tokens of Growth: " + used + " / 1000 (" + shown + ") " + emoji);
    }

    @Test
    void configuredConsumerWithoutUsageHasUsedNothingOfItsLimit() {
        assertThat(quota("growth", "monthly", "usd").toString())
                .isEqualTo("{\"limit\":300,\"used\":0,\"remaining\":300,\"percent\":0,\"status\":\"good\"}");
        assertThat(gauge("used", "growth")).isZero();
        assertThat(gauge("remaining", "growth")).isEqualByComparingTo("1000");
        assertThat(exporter.text()).contains("USD of Growth: $0.00 / $300.00 (0%) ⚪");
    }

    @Test
    void onlyConfiguredConsumersHaveQuotas() throws Exception {
        use("search", "5");
        assertThat(exporter.usage().at("/consumer_quotas/anthropic/daily")).hasSize(1);
        assertThat(exporter.metrics().keySet()).noneMatch(name -> name.contains("quota_l") && name.contains("search"));

        reload("");
        assertThat(exporter.http().get("/metrics").body()).doesNotContain("api_consumer_quota");
        assertThat(exporter.text()).doesNotContain("Growth");
    }

    @Test
    void reloadChangesLimitsAndNames() throws Exception {
        use("search", "5");
        reload("consumers: {search: {display_name: Search, limits: {anthropic: {daily: {tokens: 10}}}}}");
        assertThat(gauge("used_ratio", "search")).isEqualByComparingTo("0.5");
        assertThat(exporter.text())
                .contains("Tokens of Search: 5 / 10 (50%) 🟡")
                .doesNotContain("Growth");
    }

    @Test
    void windowInWhichOnlyAConsumerIsLimitedIsShown() throws Exception {
        reload("consumers: {growth: {limits: {anthropic: {weekly: {requests: 10}}}}}");
        use("growth", "5");
        assertThat(quota("growth", "weekly", "requests").at("/used").asInt()).isEqualTo(1);
        assertThat(exporter.text()).contains("Anthropic API - This Week\n", "Requests of growth: 1 / 10 (10%) 🟢");
    }

    @Test
    void quotaResetsWithItsWindow() {
        use("growth", "1000");
        exporter.clock().advance(Duration.ofDays(1));
        assertThat(gauge("used", "growth")).isZero();
        assertThat(gauge("remaining", "growth")).isEqualByComparingTo("1000");
    }

    @Test
    void configuredConsumerCountsByItsNamePast200Others() {
        assertThat(exporter.record(IntStream.range(0, 250)
                                .mapToObj(i -> "{\"provider\":\"anthropic\",\"consumer\":\"c" + i
                                        + "\",\"usage\":{\"tokens\":1}}")
                                .collect(Collectors.joining(",", "[", "]")))
                        .statusCode())
                .isEqualTo(200);
        use("growth", "700");

        assertThat(gauge("used", "growth")).isEqualByComparingTo("700");
        assertThat(exporter.usage()
                        .at("/consumers/anthropic/daily/other/tokens")
                        .asInt())
                .isEqualTo(51); // of 250, since a configured consumer is one of the 200
    }

    @Test
    void textShowsTheWorstTenAndCountsTheOthers() throws Exception {
        reload(IntStream.rangeClosed(1, 12)
                .mapToObj(i -> "  c%d: {limits: {anthropic: {daily: {tokens: 100}}}}\n".formatted(i))
                .collect(Collectors.joining("", "consumers:\n", "")));
        use("c7", "90");
        use("c11", "60");

        assertThat(exporter.text().lines().skip(4).limit(13))
                .startsWith("Tokens of c7: 90 / 100 (90%) 🔴", "Tokens of c11: 60 / 100 (60%) 🟡")
                .endsWith("And 2 more quotas of consumers.", "", "🤖 Anthropic API - This Month");
    }
}
