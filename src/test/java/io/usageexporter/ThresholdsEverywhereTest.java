package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.SettableClock;
import io.usageexporter.testing.TestExporter;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdsEverywhereTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0} of 1000 requests: {1} %, {3}")
    @CsvSource({
        "0,       0,       0%,     good,     0, 🟢",
        "499,     49.9,    49.9%,  good,     0, 🟢",
        "499.6,   49.96,   49.9%,  good,     0, 🟢",
        "499.999999, 49.9999, 49.9%, good,   0, 🟢",
        "500,     50,      50%,    warning,  1, 🟡",
        "800,     80,      80%,    warning,  1, 🟡",
        "800.4,   80.04,   80.1%,  critical, 2, 🔴",
        "800.000001, 80.0001, 80.1%, critical, 2, 🔴",
        "801,     80.1,    80.1%,  critical, 2, 🔴",
        "1500,    150,     150%,   critical, 2, 🔴"
    })
    void numberAndColourAgreeInEveryView(
            String used, String percent, String percentInText, String status, int level, String emoji)
            throws Exception {
        try (var exporter =
                new TestExporter(folder.resolve("usage.db"), null, new SettableClock("2026-11-24T09:15:00Z"))) {
            exporter.record("{\"provider\":\"anthropic\",\"usage\":{\"requests\":" + used + "}}");

            JsonNode usage = exporter.usage();
            assertThat(usage.at("/percent/anthropic/daily/requests").asText()).isEqualTo(percent);
            assertThat(usage.at("/status/anthropic/daily/requests").asText()).isEqualTo(status);
            assertThat(usage.at("/used/anthropic/daily/requests").asText()).isEqualTo(used);
            assertThat(exporter.text().lines().skip(1).findFirst())
                    .hasValue("Requests: " + used + " / 1000 (" + percentInText + ") " + emoji);
            assertThat(exporter.metric(series("api_quota_status"))).isEqualByComparingTo("" + level);
            double ratio = exporter.metric(series("api_quota_used_ratio")).doubleValue();
            double warning = exporter.metric("api_quota_threshold_ratio{level=\"warning\"}")
                    .doubleValue();
            double critical = exporter.metric("api_quota_threshold_ratio{level=\"critical\"}")
                    .doubleValue();
            assertThat(ratio < warning ? 0 : ratio <= critical ? 1 : 2).isEqualTo(level);
        }
    }

    private static String series(String name) {
        return name + "{provider=\"anthropic\",resource=\"requests\",window=\"daily\"}";
    }
}
