package io.usageexporter.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageexporter.report.Report;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonViewTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void withoutEventsEveryResourceIsZero() throws Exception {
        JsonNode json = json(ReportFixture.withDefaults().report());
        assertThat(json.toPrettyString())
                .isEqualTo(new ObjectMapper().readTree("""
                {"generated_at": "2026-11-24T09:15:00Z",
                 "thresholds": {"warning": 0.5, "critical": 0.8},
                 "limits": {"anthropic": {"daily": {"requests": 1000, "tokens": 1000000},
                                          "monthly": {"requests": 30000, "tokens": 30000000}},
                            "apify": {"daily": {"compute_units": 100}, "monthly": {"compute_units": 3000}}},
                 "used": {"anthropic": {"daily": {"requests": 0, "tokens": 0}, "monthly": {"requests": 0, "tokens": 0}},
                          "apify": {"daily": {"compute_units": 0}, "monthly": {"compute_units": 0}}},
                 "remaining": {"anthropic": {"daily": {"requests": 1000, "tokens": 1000000},
                                             "monthly": {"requests": 30000, "tokens": 30000000}},
                               "apify": {"daily": {"compute_units": 100}, "monthly": {"compute_units": 3000}}},
                 "percent": {"anthropic": {"daily": {"requests": 0, "tokens": 0}, "monthly": {"requests": 0, "tokens": 0}},
                             "apify": {"daily": {"compute_units": 0}, "monthly": {"compute_units": 0}}},
                 "status": {"anthropic": {"daily": {"requests": "good", "tokens": "good"},
                                          "monthly": {"requests": "good", "tokens": "good"}},
                            "apify": {"daily": {"compute_units": "good"}, "monthly": {"compute_units": "good"}}},
                 "unknown": {"anthropic": "no event yet", "apify": "no event yet"},
                 "resets_at": {"anthropic": {"daily": "2026-11-25T00:00:00Z", "monthly": "2026-12-01T00:00:00Z"},
                               "apify": {"daily": "2026-11-25T00:00:00Z", "monthly": "2026-12-01T00:00:00Z"}},
                 "exhausted_at": {"anthropic": {"daily": {"requests": null, "tokens": null},
                                                "monthly": {"requests": null, "tokens": null}},
                                  "apify": {"daily": {"compute_units": null}, "monthly": {"compute_units": null}}},
                 "breakdown": {"anthropic": {"daily": {"recommendations": {"requests": 0, "tokens": 0}},
                                             "monthly": {"recommendations": {"requests": 0, "tokens": 0}}},
                               "apify": {"daily": {"instagram": {"compute_units": 0}, "tiktok": {"compute_units": 0}},
                                         "monthly": {"instagram": {"compute_units": 0}, "tiktok": {"compute_units": 0}}}},
                 "consumers": {"anthropic": {"daily": {}, "monthly": {}}, "apify": {"daily": {}, "monthly": {}}},
                 "models": {"anthropic": {"daily": {}, "monthly": {}}, "apify": {"daily": {}, "monthly": {}}},
                 "consumer_quotas": {"anthropic": {"daily": {}, "monthly": {}}, "apify": {"daily": {}, "monthly": {}}},
                 "unpriced": {"anthropic": {"daily": {}, "monthly": {}}, "apify": {"daily": {}, "monthly": {}}}}
                """).toPrettyString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/used/anthropic/daily/requests                          | 15",
                "/used/anthropic/daily/tokens                            | 45000",
                "/used/anthropic/monthly/tokens                          | 46000",
                "/remaining/anthropic/daily/requests                     | 985",
                "/remaining/anthropic/daily/tokens                       | 955000",
                "/percent/anthropic/daily/requests                       | 1.5",
                "/percent/anthropic/daily/tokens                         | 4.5",
                "/percent/anthropic/monthly/tokens                       | 0.1533",
                "/breakdown/anthropic/daily/recommendations/tokens       | 45000",
                "/breakdown/anthropic/monthly/chat/tokens                | 1000",
                "/breakdown/anthropic/monthly/chat/requests              | 0",
                "/used/apify/daily/compute_units                         | 3",
                "/breakdown/apify/daily/instagram/compute_units          | 2",
                "/breakdown/apify/daily/tiktok/compute_units             | 1",
            })
    void usageAppearsInEveryTree(String pointer, String value) throws Exception {
        JsonNode json = json(ReportFixture.withDefaults()
                .used("anthropic", "recommendations", "requests", "15")
                .used("anthropic", "recommendations", "tokens.input", "40000")
                .used("anthropic", "recommendations", "tokens.output", "5000")
                .used("anthropic", "recommendations", "tokens.cache_read", "999999")
                .used("anthropic", "chat", "tokens.unspecified", "1000", Instant.parse("2026-11-23T23:59:59Z"))
                .used("apify", "instagram", "compute_units", "2")
                .used("apify", "tiktok", "compute_units", "1")
                .report());
        assertThat(json.at(pointer).asText()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "49.99999, 49.9999, good, 50.00001",
        "50, 50, warning, 50",
        "80, 80, warning, 20",
        "80.00001, 80.0001, critical, 19.99999",
        "250, 250, critical, 0",
    })
    void percentStatusAndRemainingAgree(String used, String percent, String status, String remaining) throws Exception {
        JsonNode json = json(ReportFixture.withDefaults()
                .used("apify", "instagram", "compute_units", used)
                .report());
        assertThat(json.at("/percent/apify/daily/compute_units").asText()).isEqualTo(percent);
        assertThat(json.at("/status/apify/daily/compute_units").asText()).isEqualTo(status);
        assertThat(json.at("/remaining/apify/daily/compute_units").asText()).isEqualTo(remaining);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limits", "remaining", "percent", "status"})
    void resourceWithoutLimitAppearsOnlyUnderUsed(String tree) throws Exception {
        JsonNode json = json(ReportFixture.with(
                        folder, "providers: {images: {resources: [images], limits: {monthly: {gb_hours: 10}}}}")
                .used("images", "a", "images", "5")
                .report());
        assertThat(json.at("/used/images/daily/images").asInt()).isEqualTo(5);
        assertThat(json.at("/" + tree + "/images/daily").isObject()).isTrue();
        assertThat(json.at("/" + tree + "/images/daily")).isEmpty();
        assertThat(json.at("/" + tree + "/images/monthly").has("images")).isFalse();
        assertThat(json.at("/" + tree + "/images/monthly").has("gb_hours")).isTrue();
    }

    @Test
    void largeNumbersAreWrittenInFull() {
        assertThat(JsonView.render(ReportFixture.withDefaults()
                        .used("apify", "instagram", "compute_units", "1000000000000")
                        .used("apify", "instagram", "compute_units", "0.000001")
                        .report()))
                .contains("{\"compute_units\":1000000000000.000001}");
    }

    @Test
    void resourcesNoLongerCountedAreOmitted() throws Exception {
        JsonNode json = json(ReportFixture.with(folder, "providers: {anthropic: {resources: [requests]}}")
                .used("anthropic", "a", "requests", "1")
                .used("anthropic", "a", "tokens.input", "5")
                .report());
        assertThat(json.at("/used/anthropic/daily")).hasSize(1);
        assertThat(json.at("/breakdown/anthropic/daily/a")).hasSize(1);
    }

    @Test
    void tokensAreWeighted() throws Exception {
        JsonNode json = json(ReportFixture.with(
                        folder,
                        "providers: {anthropic: {limits: {daily: {tokens: 100}},"
                                + " token_weights: {output: 5, cache_read: 0.1}}}")
                .used("anthropic", "a", "tokens.input", "10")
                .used("anthropic", "a", "tokens.output", "10")
                .used("anthropic", "a", "tokens.cache_read", "5")
                .report());
        assertThat(json.at("/used/anthropic/daily/tokens").asText()).isEqualTo("60.5");
    }

    @Test
    void jsonIsOneLine() {
        assertThat(JsonView.render(ReportFixture.withDefaults().report()))
                .endsWith("}\n")
                .hasLineCount(1);
    }

    private static JsonNode json(Report report) throws Exception {
        return new ObjectMapper()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .readTree(JsonView.render(report));
    }
}
