package io.usageexporter.sdk;

import static io.usageexporter.testing.FakeResponse.json;
import static io.usageexporter.testing.FakeResponse.sample;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Apify's responses in each scenario of the drivers, which the end of the user agent names. */
final class ApifyScenarios {
    static final List<String> STATES = List.of(
            "ready",
            "running",
            "succeeded",
            "succeeded-preliminary",
            "succeeded-without-token",
            "failed",
            "aborted",
            "timed-out");

    private final FakeProvider provider;

    private ApifyScenarios(FakeProvider provider) {
        this.provider = provider;
    }

    /** Registers the responses with a provider. */
    static void register(FakeProvider provider) {
        var scenarios = new ApifyScenarios(provider);
        scenarios.runs();
        scenarios.storages();
        scenarios.errors();
    }

    private void runs() {
        for (String state : STATES) {
            on("run-" + state, sample("apify/run-" + state + ".json"));
        }
        on("call", started(), sample("apify/run-running.json"), sample("apify/run-succeeded.json"));
        on("start", started());
        on("task", started());
        on("abort", sample("apify/run-aborted.json"));
        on("resurrect", sample("apify/run-running.json"));
        on("gzip-run", sample("apify/run-succeeded.json").gzip());
        on("trailing-slash", sample("apify/run-succeeded.json"));
        on("actor", sample("apify/actor.json"));
        on("runs-list", sample("apify/actor-runs-list.json"));
        on("limits", sample("apify/users-me-limits.json"));
    }

    private static FakeResponse started() {
        return sample("apify/run-ready.json")
                .statusLine("HTTP/1.1 201 Created")
                .header("location", "https://api.apify.com/v2/actor-runs/Rn0SampleRunId001");
    }

    private void storages() {
        on("items", sample("apify/run-sync-get-dataset-items-response.json").statusLine("HTTP/1.1 200 OK"));
        on(
                "csv",
                FakeResponse.status(200)
                        .header("content-type", "text/csv; charset=utf-8")
                        .flood(5 << 20)
                        .chunked());
        on("record", FakeResponse.status(201));
        on(
                "push",
                FakeResponse.status(201)
                        .header("content-type", "application/json")
                        .body(bytes("{}")));
        on(
                "get-record",
                FakeResponse.status(200)
                        .header("content-type", "text/plain; charset=utf-8")
                        .body(bytes("Grüße")));
        on("no-record", json(404, "{\"error\":{\"type\":\"record-not-found\",\"message\":\"Sample wording: none\"}}"));
    }

    private void errors() {
        FakeResponse limited = sample("apify/error-429.json")
                .statusLine("HTTP/1.1 429 Too Many Requests")
                .header("x-ratelimit-limit", "60");
        on("rate-limit", limited);
        on("unauthorized", sample("apify/error-401.json").statusLine("HTTP/1.1 401 "));
        on("retried-twice", limited, json(502, "{}"), sample("apify/run-succeeded.json"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void on(String scenario, FakeResponse... responses) {
        provider.on(exchange -> isOf(scenario, exchange), responses);
    }

    private static boolean isOf(String scenario, FakeExchange exchange) {
        return Objects.requireNonNullElse(exchange.header("user-agent"), "").endsWith("scenario/" + scenario);
    }
}
