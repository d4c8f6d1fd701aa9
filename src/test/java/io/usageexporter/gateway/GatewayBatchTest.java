package io.usageexporter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Message batches: their results lead to the gateway, and count once. */
class GatewayBatchTest {
    private static final String JSON = "application/json";
    private static final int FOUR_MIB = 4 << 20;

    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension();

    private static String batch(String url) {
        return "{\"id\": \"msgbatch_1\", \"processing_status\": \"ended\", \"ü\": 1, \"results_url\":  \"" + url
                + "\"}";
    }

    private void nextResponse(String json) {
        gateway.provider().next(FakeResponse.json(200, json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/gateway/anthropic", "/gateway/anthropic/~nightly%20jobs"})
    void batchResultUrlsLeadToTheGateway(String base) {
        String results = "/v1/messages/batches/msgbatch_1/results";
        String here = gateway.exporter().http().uri(base).toString();
        nextResponse(batch("https://api.anthropic.com" + results));
        nextResponse("{\"data\": [" + batch("https://api.anthropic.com" + results) + ", "
                + batch("http://other:81" + results) + ", {\"results_url\": null}], \"has_more\": false}");

        HttpResponse<String> one = gateway.get(base + "/v1/messages/batches/msgbatch_1");
        HttpResponse<String> list = gateway.get(base + "/v1/messages/batches?limit=2");

        assertThat(one.body()).isEqualTo(batch(here + results));
        assertThat(one.headers().firstValue("content-type")).hasValue(JSON);
        assertThat(list.body())
                .isEqualTo("{\"data\": [" + batch(here + results) + ", " + batch(here + results)
                        + ", {\"results_url\": null}], \"has_more\": false}");
    }

    @Test
    void responseTooLongToRewriteIsForwardedUnchanged() {
        for (int padding : new int[] {FOUR_MIB + (1 << 16), 3 * FOUR_MIB}) {
            String body = batch("https://api.anthropic.com/x") + " ".repeat(padding);
            nextResponse(body);
            HttpResponse<String> response = gateway.get("/gateway/anthropic/v1/messages/batches/b");
            assertThat(response.body().length()).isEqualTo(body.length());
            assertThat(response.body()).isEqualTo(body);
        }
    }

    @Test
    void errorResponseOfABatchIsForwardedUnchanged() {
        String error = "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"no\"}}";
        gateway.provider().next(FakeResponse.json(404, error));
        HttpResponse<String> response = gateway.get("/gateway/anthropic/v1/messages/batches/b");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).isEqualTo(error);
    }

    @Test
    void responseWithoutBodyIsForwardedUnchanged() {
        gateway.provider().next(FakeResponse.status(204));
        HttpResponse<String> response = gateway.sendAsync("DELETE", "/gateway/anthropic/v1/messages/batches/b", "")
                .join();
        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void batchResultsCountOnceHoweverOftenTheyAreFetched() throws Exception {
        String results = Samples.text("anthropic/batch-results.jsonl");
        gateway.provider().on(exchange -> true, FakeResponse.sample("anthropic/batch-results.jsonl"));
        String path = "/gateway/anthropic/~nightly/v1/messages/batches/msgbatch_1/results";

        assertThat(gateway.get(path).body()).isEqualTo(results);
        gateway.awaitMetric("usage_exporter_events_recorded_total{source=\"gateway\"}", "2");
        String used = gateway.used("tokens").toPlainString();
        assertThat(gateway.get(path).body()).isEqualTo(results);
        gateway.awaitMetric("usage_exporter_events_duplicate_total{source=\"gateway\"}", "2");

        assertThat(gateway.used("tokens")).isEqualByComparingTo(used);
        assertThat(gateway.used("requests")).isEqualByComparingTo("2");
        gateway.awaitMetric(
                "usage_exporter_gateway_requests_total{code=\"200\",outcome=\"complete\",provider=\"anthropic\"}", "2");
    }
}
