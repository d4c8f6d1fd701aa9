package io.usageexporter.sdk;

import static io.usageexporter.testing.FakeResponse.json;
import static io.usageexporter.testing.FakeResponse.sample;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import io.usageexporter.testing.Samples;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Anthropic's responses in each scenario of the drivers, which the header {@code x-scenario} names. */
final class AnthropicScenarios {
    /** The sizes of the pieces of streams; 0 for one piece. */
    static final List<Integer> PIECES = List.of(1, 7, 37, 0);

    /** The only scenario in which the gateway responds itself, since it can explain the error. */
    static final String WRONG_BASE_URL = "versioned-base";

    private static final int DOWNLOAD_BYTES = 20 << 20;

    private final FakeProvider provider;

    private AnthropicScenarios(FakeProvider provider) {
        this.provider = provider;
    }

    /** Registers the responses with a provider. */
    static void register(FakeProvider provider) {
        var scenarios = new AnthropicScenarios(provider);
        scenarios.responses();
        scenarios.batches();
        scenarios.streams();
        scenarios.errors();
    }

    static boolean isForwarded(FakeExchange exchange) {
        return !WRONG_BASE_URL.equals(exchange.header("x-scenario"));
    }

    private void responses() {
        on("cached", sample("anthropic/messages-response-cached.json"));
        on("minimal", sample("anthropic/messages-response-minimal.json"));
        on("gzip-json", sample("anthropic/messages-response-cached.json").gzip());
        on("count-tokens", sample("anthropic/count-tokens-response.json"));
        on("beta", sample("anthropic/messages-response-cached.json").chunked());
        on("models", json(200, "{\"data\":[{\"id\":\"claude-sonnet-5-5\",\"type\":\"model\"}],\"has_more\":false}"));
        on("large", sample("anthropic/messages-response-minimal.json"));
        on("upload", json(200, "{\"id\":\"file_01Sample\",\"type\":\"file\",\"size_bytes\":1048576}"));
        on(
                "download",
                FakeResponse.status(200)
                        .header("content-type", "application/octet-stream")
                        .flood(DOWNLOAD_BYTES));
        on("legacy", sample("anthropic/complete-legacy-response.json"));
        on("trailing-slash", sample("anthropic/messages-response-minimal.json"));
        on(WRONG_BASE_URL, json(404, error("not_found_error", "Sample wording: no such path")));
    }

    private void batches() {
        on("batch-create", sample("anthropic/batch-in-progress.json"));
        on("batch-get", endedBatch());
        on("batch-results", endedBatch());
        provider.on(exchange -> exchange.path().endsWith("/results"), sample("anthropic/batch-results.jsonl"));
        on("batch-list", page(1, true), page(2, false));
    }

    /** With the absolute URL of its results at this provider. */
    private FakeResponse endedBatch() {
        String batch = Samples.text("anthropic/batch-ended.json").replace("https://api.anthropic.com", provider.url());
        return json(200, batch);
    }

    private static FakeResponse page(int number, boolean more) {
        return json(
                200,
                "{\"data\":[{\"id\":\"msgbatch_" + number + "\",\"type\":\"message_batch\",\"results_url\":null}],"
                        + "\"has_more\":" + more + ",\"first_id\":\"a\",\"last_id\":\"msgbatch_" + number + "\"}");
    }

    private void streams() {
        for (int piece : PIECES) {
            for (String name : List.of("complete", "delta-output-only", "thinking-tool-use", "error-midway")) {
                on("stream-" + name + "-" + piece, stream(name, piece));
            }
            on("stream-truncated-" + piece, stream("truncated", piece).closesAfter(Long.MAX_VALUE));
            on("stream-reset-" + piece, stream("complete", piece).resetsAfter(800));
            on(
                    "stream-gzip-" + piece,
                    inPieces(sample("anthropic/stream-complete.sse").gzip(), piece));
        }
        for (String name : List.of("complete", "thinking-tool-use", "error-midway")) {
            on("helper-" + name, stream(name, 0));
        }
        on("helper-truncated", stream("truncated", 0).closesAfter(Long.MAX_VALUE));
    }

    private static FakeResponse stream(String name, int piece) {
        return inPieces(sample("anthropic/stream-" + name + ".sse"), piece);
    }

    private static FakeResponse inPieces(FakeResponse response, int piece) {
        return piece == 0 ? response : response.inPiecesOf(piece);
    }

    private void errors() {
        on("error-rate-limit", sample("anthropic/error-429-rate-limit.json"));
        on("error-spend-cap", sample("anthropic/error-429-spend-cap.json"));
        on("error-overloaded", sample("anthropic/error-529-overloaded.json"));
        on(
                "error-own-spend-limit",
                sample("anthropic/error-400-own-spend-limit.json").statusLine("HTTP/1.1 400 "));
        on("error-unauthorized", sample("anthropic/error-401.json").statusLine("HTTP/1.1 401 Unauthorized"));
        on(
                "error-too-large",
                sample("anthropic/error-413-request-too-large.json").statusLine("HTTP/1.1 413 "));
        on(
                "error-not-json",
                FakeResponse.status(413)
                        .header("content-type", "text/html")
                        .header("server", "cloudflare")
                        .body("<html><h1>413</h1></html>".getBytes(StandardCharsets.UTF_8)));
        on(
                "retried-twice",
                sample("anthropic/error-429-rate-limit.json").header("retry-after-ms", "1"),
                sample("anthropic/error-529-overloaded.json").header("retry-after-ms", "1"),
                sample("anthropic/messages-response-cached.json"));
    }

    private static String error(String type, String message) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message
                + "\"},\"request_id\":null}";
    }

    private void on(String scenario, FakeResponse... responses) {
        provider.on(exchange -> scenario.equals(exchange.header("x-scenario")), responses);
    }
}
