package io.usageexporter.gateway;

import static io.usageexporter.gateway.GatewayExtension.ANTHROPIC;
import static io.usageexporter.gateway.GatewayExtension.APIFY;
import static io.usageexporter.gateway.GatewayExtension.MESSAGES;
import static io.usageexporter.gateway.GatewayExtension.requests;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import io.usageexporter.testing.TestExporter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is recorded of the calls that are forwarded. */
class GatewayUsageTest {
    @RegisterExtension
    private final GatewayExtension gateway = new GatewayExtension().respondingWithMessages();

    @ParameterizedTest
    @CsvSource({
        "/gateway/anthropic/v1/v1/messages, /v1, not_found_error",
        "/gateway/anthropic/~search/v1/v1/messages, /v1, not_found_error",
        "/gateway/apify/v2/v2/acts, /v2, page-not-found"
    })
    void baseUrlWithVersionIsRejectedWith404AndExplained(String path, String version, String type) {
        HttpResponse<String> response = gateway.post(path);

        JsonNode error = TestExporter.json(response.body()).get("error");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(error.get("type").asText()).isEqualTo(type);
        assertThat(error.get("message").asText()).contains("must not end in " + version);
        assertThat(gateway.provider().exchanges()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/gateway/other/v1/messages", "/gateway/", "/gateway//v1/messages"})
    void unknownProviderIsRejectedWith404NamingTheKnownOnes(String path) {
        HttpResponse<String> response = gateway.post(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(TestExporter.json(response.body()).get("detail").asText()).contains("anthropic, apify");
        assertThat(gateway.provider().exchanges()).isEmpty();
    }

    @Test
    void providerRemovedFromTheConfigurationIsRejectedWith404() throws Exception {
        gateway.reload("providers: {apify: {limits: {daily: {compute_units: 100}}}}");

        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(404);
        assertThat(gateway.provider().exchanges()).isEmpty();
    }

    @Test
    void resourcesThatAreNotConfiguredAreNotRecorded() throws Exception {
        gateway.reload(ANTHROPIC.replaceAll("requests: \\d+, ", ""), APIFY);
        gateway.post(MESSAGES);

        gateway.awaitUsed("tokens", 15);
        assertThat(gateway.exporter().metrics()).doesNotContainKey(requests("uncategorized"));
    }

    @Test
    void errorResponseRecordsNoUsage() {
        gateway.provider().next(FakeResponse.json(401, Samples.text("anthropic/error-401.json")));
        assertThat(gateway.post(MESSAGES).body()).isEqualTo(Samples.text("anthropic/error-401.json"));

        gateway.awaitCalls(1, 401, "error");
        assertThat(gateway.used("requests")).isEqualByComparingTo("0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | <html>Sign in</html>                                | text/html  | unexpected_body | 0",
                "200 | ''                                                  | text/plain | unexpected_body | 0",
                "204 | ''                                                  | text/plain | unexpected_body | 0",
                "200 | [1]                                                 | text/plain | unexpected_body | 0",
                "200 | {\"id\":\"msg_1\",\"model\":\"m\"}                      | text/plain | no_usage        | 1",
                "200 | {\"id\":\"msg_1\",\"usage\":{\"input_tokens\":-5}}    | text/plain | invalid_amount  | 1",
                "200 | {\"id\":\"msg_1\",\"usage\":{\"output_tokens\":1e30}} | text/plain | invalid_amount  | 1",
                "200 | {\"id\":\"msg_1\",\"usage\":{\"input_tokens\":1.5}}   | text/plain | invalid_amount  | 1"
            })
    void unmeteredCallIsCountedByItsReason(int status, String body, String type, String reason, int requests) {
        gateway.provider().next(FakeResponse.json(status, body).replaceHeader("content-type", type));
        HttpResponse<String> passed = gateway.post(MESSAGES);

        assertThat(passed.statusCode()).isEqualTo(status);
        assertThat(passed.body()).isEqualTo(body);
        gateway.awaitMetric(
                "usage_exporter_gateway_unmetered_total{provider=\"anthropic\",reason=\"" + reason + "\"}", "1");
        gateway.awaitCounted("requests", requests);
        assertThat(gateway.used("tokens")).isZero();
    }

    @Test
    void responseCountsAtItsPricingWithItsWebSearches() {
        gateway.provider()
                .next(
                        FakeResponse.json(
                                200,
                                "{\"id\":\"msg_9\",\"type\":\"message\",\"model\":\"m\",\"usage\":{\"input_tokens\":7,"
                                        + "\"speed\":\"fast\",\"inference_geo\":\"us\",\"server_tool_use\":{\"web_search_requests\":2}}}"));
        gateway.post(MESSAGES);

        String labels = "model=\"m\",pricing=\"fast+us\",provider=\"anthropic\"}";
        gateway.awaitMetric("api_usage_web_searches_total{category=\"uncategorized\"," + labels, "2");
        gateway.awaitMetric("api_usage_tokens_total{category=\"uncategorized\",kind=\"input\"," + labels, "7");
    }

    @Test
    void errorWithSuccessStatusIsCountedByNameAndRecordsNoUsage() {
        gateway.provider()
                .next(FakeResponse.json(
                        200, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}"));
        gateway.post(MESSAGES);

        gateway.awaitMetric(
                "usage_exporter_gateway_errors_total{error=\"overloaded_error\",provider=\"anthropic\"}", "1");
        gateway.awaitCounted("requests", 0);
    }

    @ParameterizedTest
    @CsvSource({
        "/model/anthropic.claude-3/invoke, 1",
        "/v1/projects/p/models/claude-x:rawPredict, 1",
        "/v1/some/other/messages, 1",
        "/v1/messages/count_tokens, 0"
    })
    void messagesAreMeteredOnOtherPathsToo(String path, int requests) {
        gateway.post("/gateway/anthropic" + path);
        gateway.awaitMetric(
                "usage_exporter_gateway_requests_total{code=\"200\",outcome=\"complete\",provider=\"anthropic\"}", "1");
        gateway.awaitCounted("requests", requests);
    }

    @Test
    void usageInAnUnknownFormatIsCountedAsUnmetered() {
        gateway.provider().next(FakeResponse.json(200, "{\"data\":[],\"usage\":{\"prompt_tokens\":5}}"));
        gateway.post("/gateway/anthropic/v1/embeddings");

        gateway.awaitMetric(
                "usage_exporter_gateway_unmetered_total{provider=\"anthropic\",reason=\"unknown_format\"}", "1");
        gateway.awaitCounted("requests", 0);
    }

    @Test
    void oversizedIdsAndModelNamesDoNotPreventRecording() {
        gateway.provider()
                .next(FakeResponse.json(
                                200,
                                "{\"id\":\"" + "i".repeat(5000) + "\",\"model\":\"" + "m".repeat(5000)
                                        + "\",\"usage\":{\"input_tokens\":7}}")
                        .header("request-id", "r".repeat(5000)));
        assertThat(gateway.post(MESSAGES).statusCode()).isEqualTo(200);

        gateway.awaitUsed("tokens", 7);
    }

    /** The body looks like a request, and must not become one on the provider's connection. */
    @Test
    void contentLengthNamedInConnectionStillDelimitsTheBody() throws IOException {
        String body = "GET /v1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
        String request = "POST " + MESSAGES + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Connection: Content-Length\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        try (var socket = new Socket(
                InetAddress.getLoopbackAddress(), gateway.exporter().http().port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(response).startsWith("HTTP/1.1 200 ").contains("msg_1");
        }
        gateway.get("/gateway/anthropic/v1/models");
        Awaitility.await().until(() -> gateway.provider().exchanges().size() >= 2);
        assertThat(gateway.provider().targets()).containsExactly("/v1/messages", "/v1/models");
    }
}
