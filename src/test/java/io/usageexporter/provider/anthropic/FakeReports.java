package io.usageexporter.provider.anthropic;

import io.usageexporter.testing.FakeExchange;
import io.usageexporter.testing.FakeProvider;
import io.usageexporter.testing.FakeResponse;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.function.Function;

/** Anthropic's reports on 127.0.0.1. */
final class FakeReports implements AutoCloseable {
    static final String ANALYTICS = "/v1/organizations/analytics/usage";
    static final String MESSAGES = "/v1/organizations/usage_report/messages";

    static final String ANALYTICS_COST = "/v1/organizations/analytics/cost";
    static final String COST_REPORT = "/v1/organizations/cost_report";

    private final FakeProvider provider = new FakeProvider();

    FakeReports() throws IOException {}

    /** Responds to requests for a path with what a function returns for their decoded query. */
    FakeReports on(String path, Function<String, FakeResponse> response) {
        provider.on(exchange -> exchange.path().equals(path), exchange -> response.apply(query(exchange)));
        return this;
    }

    FakeReports on(String path, FakeResponse response) {
        return on(path, query -> response);
    }

    FakeReports on(String path, String json) {
        return on(path, FakeResponse.json(200, json));
    }

    /** Responds with the first page, and with the second one to requests with this cursor. */
    FakeReports onPages(String path, String first, String cursor, String second) {
        return on(path, query -> FakeResponse.json(200, query.endsWith("&page=" + cursor) ? second : first));
    }

    FakeReports onStatus(String path, int status) {
        return on(path, FakeResponse.json(status, "{\"type\": \"error\"}"));
    }

    /** All requests, in order. */
    List<FakeExchange> requests() {
        return provider.exchanges();
    }

    /** The decoded queries of all requests, in order. */
    List<String> queries() {
        return requests().stream().map(FakeReports::query).toList();
    }

    private static String query(FakeExchange exchange) {
        return URI.create(exchange.target()).getQuery();
    }

    URI uri() {
        return URI.create(provider.url());
    }

    @Override
    public void close() throws IOException {
        provider.close();
    }

    /** A report of these rows on one page. */
    static String report(String... rows) {
        return "{\"data\": [" + String.join(",", rows) + "], \"has_more\": false, \"next_page\": null}";
    }

    /** A row of costs. */
    static String cost(String startingAt, String model, String cents) {
        return "{\"starting_at\": \"" + startingAt + "\", \"ending_at\": \"" + startingAt
                + "\", \"group\": {\"model\": \"" + model + "\"}, \"cost\": {\"amount\": \"" + cents
                + "\", \"list_amount\": \"99999\", \"currency\": \"USD\"}}";
    }

    /** A row of a bucket; a JSON null for requests that are not reported. */
    static String row(String startingAt, String model, long input, String requests) {
        return "{\"starting_at\": \"" + startingAt + "\", \"ending_at\": \"" + startingAt
                + "\", \"group\": {\"model\": "
                + (model.isEmpty() ? "null" : "\"" + model + "\"") + "}, \"usage\": {\"uncached_input_tokens\": "
                + input
                + ", \"output_tokens\": 0, \"requests\": " + requests + "}}";
    }
}
