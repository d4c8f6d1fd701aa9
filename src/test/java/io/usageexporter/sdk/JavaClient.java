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

/** Anthropic's client for Java, in the scenarios of {@link AnthropicScenarios}: line by line, all that it saw. */
record JavaClient(String baseUrl) {
    private static final String MODEL = "claude-sonnet-5-5";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Set<String> HOP_BY_HOP = Set.of("connection", "keep-alive", "transfer-encoding");
    private static final MessageCreateParams MESSAGE = MessageCreateParams.builder()
            .model(MODEL)
            .maxTokens(256)
            .addUserMessage("Grüße, 世界")
            .build();

    /** What is done in a scenario; it adds what is seen. */
    private interface Scenario {
        void play(AnthropicClient client, List<String> seen);
    }

    /** Plays all scenarios; the lines of each by its name. */
    Map<String, List<String>> play() {
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

        var seen = new TreeMap<String, List<String>>();
        scenarios.forEach((name, scenario) -> seen.put(name, play(name, scenario)));
        return seen;
    }

    private List<String> play(String name, Scenario scenario) {
        var seen = new ArrayList<String>();
        AnthropicClient client = client(name);
        try {
            scenario.play(client, seen);
        } catch (AnthropicServiceException e) {
            seen.add(e.getClass().getName() + " " + e.statusCode() + " " + e.type() + " " + e.requestId());
            seen.add(e.body().toString());
            seen.add(headers(e.headers()));
        } catch (AnthropicException e) {
            seen.add(e.toString() + " " + e.getCause());
        } finally {
            client.close();
        }
        // The addresses differ between the provider and what stands before it, and nothing else.
        return seen.stream().map(line -> line.replace(baseUrl, "BASE")).toList();
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

    private static void create(AnthropicClient client, List<String> seen) {
        try (HttpResponseFor<Message> response =
                client.messages().withRawResponse().create(MESSAGE)) {
            seen.add(response.statusCode() + " " + headers(response.headers()));
            seen.add(response.parse().toString());
        }
    }

    private static void stream(AnthropicClient client, List<String> seen) {
        try (HttpResponseFor<StreamResponse<RawMessageStreamEvent>> response =
                        client.messages().withRawResponse().createStreaming(MESSAGE);
                StreamResponse<RawMessageStreamEvent> events = response.parse()) {
            seen.add(response.statusCode() + " " + headers(response.headers()));
            events.stream().map(RawMessageStreamEvent::toString).forEach(seen::add);
        }
    }

    private static void countTokens(AnthropicClient client, List<String> seen) {
        seen.add(client.messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model(MODEL)
                        .addUserMessage("Hi")
                        .build())
                .toString());
    }

    private static void batchResults(AnthropicClient client, List<String> seen) {
        try (StreamResponse<MessageBatchIndividualResponse> results =
                client.messages().batches().resultsStreaming("msgbatch_01SampleBatch0000000001")) {
            results.stream().map(MessageBatchIndividualResponse::toString).forEach(seen::add);
        }
    }

    private static String headers(Headers headers) {
        var seen = new TreeMap<String, List<String>>();
        headers.names().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !HOP_BY_HOP.contains(name))
                .forEach(name -> seen.put(name, headers.values(name)));
        return seen.toString();
    }
}
