package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.TestExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Money that events give, in every view. */
class MoneyTest {
    private static final String LIMITED =
            "providers: {anthropic: {limits: {daily: {tokens: 1000}, monthly: {usd: 400}}}, apify: {limits: {daily: {runs: 5}}}}";

    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension(LIMITED);

    @Test
    void moneyIsAResourceInEveryView() {
        exporter.record("{\"provider\": \"anthropic\", \"category\": \"search\", \"usage\": {\"usd\": 12.3400005}}");
        exporter.record("{\"provider\": \"anthropic\", \"category\": \"search\", \"usage\": {\"usd\": 0.000001}}");

        JsonNode usage = exporter.usage();
        assertThat(usage.at("/used/anthropic/monthly/usd").asText()).isEqualTo("12.340001");
        assertThat(usage.at("/remaining/anthropic/monthly/usd").asText()).isEqualTo("387.659999");
        assertThat(usage.at("/percent/anthropic/monthly/usd").asText()).isEqualTo("3.085");
        assertThat(usage.at("/breakdown/anthropic/daily/search/usd").asText()).isEqualTo("12.340001");
        assertThat(exporter.text()).contains("USD: $12.34 / $400.00 (3.1%) 🟢\nRemaining: $387.66\n");
        assertThat(exporter.http().get("/usage", "Accept", "text/html").body())
                .contains("$12.34 / $400.00 used", "$387.66 left", "Most USD on a day: $12.34");
        assertThat(exporter.http()
                        .get("/api/usage/history", "Accept", "text/csv")
                        .body())
                .contains(",anthropic,usd,12.340001,,,,search,12.340001,,\r\n");
        assertThat(exporter.metric("api_quota_remaining{provider=\"anthropic\",resource=\"usd\",window=\"monthly\"}"))
                .isEqualByComparingTo("387.659999");
        assertThat(exporter.metrics().keySet()).noneMatch(series -> series.startsWith("api_usage_usd"));
    }

    @Test
    void moneyThatIsNeitherLimitedNorRecordedIsUnknownRatherThanZero() throws Exception {
        exporter.record("{\"provider\": \"apify\", \"category\": \"tiktok\", \"usage\": {\"runs\": 1}}");
        assertThat(exporter.usage().at("/used/apify/daily").has("usd")).isFalse();
        assertThat(exporter.metrics().keySet()).noneMatch(series -> series.contains("apify") && series.contains("usd"));

        exporter.record("{\"provider\": \"apify\", \"category\": \"tiktok\", \"usage\": {\"usd\": 0.0123}}");
        assertThat(exporter.usage().at("/used/apify/daily/usd").asText()).isEqualTo("0.0123");
        exporter.restart();
        assertThat(exporter.usage().at("/used/apify/daily/usd").asText()).isEqualTo("0.0123");
        assertThat(TestExporter.json(exporter.http()
                                .get("/api/usage/history?resource=usd")
                                .body())
                        .at("/history/apify/0/used/usd")
                        .asText())
                .isEqualTo("0.0123");
    }
}
