package io.usageexporter.sdk;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.http.Headers;
import com.anthropic.core.http.HttpResponseFor;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.batches.MessageBatchIndividualResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Runs Anthropic's client for Java in the scenarios of {@link AnthropicScenarios} and returns all its results as lines. */
record JavaClient(String baseUrl) {
    private static final String MODEL = "claude-sonnet-5-5";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "transfer-encoding");
    private static final MessageCreateParams MESSAGE = MessageCreateParams.builder()
            .model(MODEL)
            .maxTokens(256)
            .addUserMessage("Grüße, 世界")
            .build();

    /** Calls the client and adds the results. */
    private interface Scenario {
        void run(AnthropicClient client, List<String> results);
    }

    /** Runs all scenarios; returns the lines by scenario. */
    Map<String, List<String>> run() {
        var scenarios = new LinkedHashMap<String, Scenario>();
        for (String name : List.of("cached", "minimal", "gzip-json", "trailing-slash", "versioned-base")) {
            scenarios.put(name, JavaClient::create);
        }
        for (String name : List.of(
                "rate-limit", "spend-cap", "overloaded", "own-spend-limit", "unauthorized", "too-large", "not-json")) {
            scenarios.put("error-" + name, JavaClient::create);
        }
        for (int piece : AnthropicScenarios.PIECES) {
            for (String name : List.of("complete", "delta-output-only", "thinking-tool-use", "error-midway", "gzip")) {
                scenarios.put("stream-" + name + "-" + piece, JavaClient::stream);
            }
            scenarios.put("stream-truncated-" + piece, JavaClient::stream);
        }
        scenarios.put("count-tokens", JavaClient::countTokens);
        scenarios.put("batch-results", JavaClient::batchResults);
        scenarios.put("retried-twice", JavaClient::create);

        var results = new TreeMap<String, List<String>>();
        scenarios.forEach((name, scenario) -> results.put(name, run(name, scenario)));
        return results;
    }

    private List<String> run(String name, Scenario scenario) {
        var results = new ArrayList<String>();
        AnthropicClient client = client(name);
        try {
            scenario.run(client, results);
        } catch (AnthropicServiceException e) {
            results.add(e.getClass().getName() + " " + e.statusCode() + " " + e.type() + " " + e.requestId());
            results.add(e.body().toString());
            results.add(headers(e.headers()));
        } catch (AnthropicException e) {
            results.add(e.toString() + " " + e.getCause());
        } finally {
            client.close();
        }
        // Only the URL differs between the provider and the gateway.
        return results.stream().map(line -> line.replace(baseUrl, "BASE")).toList();
    }

    private AnthropicClient client(String scenario) {
        String base = switch (scenario) {
            case "trailing-slash" -> baseUrl + "/";
            case "versioned-base" -> baseUrl + "/v1";
            default -> baseUrl;
        };
        return AnthropicOkHttpClient.builder()
                .apiKey("sk-ant-api03-dummy")
                .baseUrl(base)
                .maxRetries(scenario.equals("retried-twice") ? 2 : 0)
                .timeout(TIMEOUT)
                .putHeader("x-scenario", scenario)
                .putHeader("x-usage-category", "java")
                .build();
    }

    private static void create(AnthropicClient client, List<String> results) {
        try (HttpResponseFor<Message> response =
                client.messages().withRawResponse().create(MESSAGE)) {
            results.add(response.statusCode() + " " + headers(response.headers()));
            results.add(response.parse().toString());
        }
    }

    private static void stream(AnthropicClient client, List<String> results) {
        try (HttpResponseFor<StreamResponse<RawMessageStreamEvent>> response =
                        client.messages().withRawResponse().createStreaming(MESSAGE);
                StreamResponse<RawMessageStreamEvent> events = response.parse()) {
            results.add(response.statusCode() + " " + headers(response.headers()));
            events.stream().map(RawMessageStreamEvent::toString).forEach(results::add);
        }
    }

    private static void countTokens(AnthropicClient client, List<String> results) {
        results.add(client.messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model(MODEL)
                        .addUserMessage("Hi")
                        .build())
                .toString());
    }

    private static void batchResults(AnthropicClient client, List<String> results) {
        try (StreamResponse<MessageBatchIndividualResponse> responses =
                client.messages().batches().resultsStreaming("msgbatch_01SampleBatch0000000001")) {
            responses.stream().map(MessageBatchIndividualResponse::toString).forEach(results::add);
        }
    }

    private static String headers(Headers headers) {
        var values = new TreeMap<String, List<String>>();
        headers.names().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !HOP_BY_HOP.contains(name))
                .forEach(name -> values.put(name, headers.values(name)));
        return values.toString();
    }
}
