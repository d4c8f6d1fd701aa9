package io.usageexporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.ExporterExtension;
import io.usageexporter.testing.TestExporter;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The query parameters of the history. */
class HistoryParametersTest {
    @RegisterExtension
    final ExporterExtension exporter = new ExporterExtension(HistoryEndpointTest.PROVIDERS);

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "provider=openai                  | provider must be one of anthropic, apify",
                "provider=                        | provider must be one of anthropic, apify",
                "provider=apify&provider=apify    | provider may be given only once",
                "resource=tiles                   | resource must be one of compute_units, requests, tokens, usd, web_searches",
                "resource=tokens&provider=apify   | resource must be one of compute_units, usd",
                "window=yearly                    | window must be one of hourly, daily, weekly, monthly, session",
                "window=DAILY                     | window must be one of hourly, daily, weekly, monthly, session",
                "window=hourly                    | window hourly is counted only for providers with a limit in it, limits.hourly",
                "window=session&provider=apify    | window session is counted only for providers with a limit in it, limits.session",
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
        exporter.clock().advance(Duration.ofHours(1)); // in Kiritimati it is now the 25th
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

    private HttpResponse<String> get(String query) {
        return exporter.http().get("/api/usage/history" + (query.isEmpty() ? "" : "?" + query));
    }

    private JsonNode history(String query) {
        HttpResponse<String> response = get(query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestExporter.json(response.body());
    }
}
