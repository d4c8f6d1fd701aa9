package io.usageexporter.provider.anthropic;

import com.sun.net.httpserver.HttpExchange;
import io.usageexporter.testing.FakeApi;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Anthropic's usage APIs on this machine: each path answers as it is told, page by page. */
final class FakeReports implements AutoCloseable {
    static final String ANALYTICS = "/v1/organizations/analytics/usage";
    static final String MESSAGES = "/v1/organizations/usage_report/messages";

    private final FakeApi server;
    private final Map<String, FakeApi.Deed> deeds = new ConcurrentHashMap<>();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    /** A request: its path, its decoded query, and the headers that tell who asks for what. */
    record Asked(String path, String query, Map<String, String> headers) {}

    FakeReports() throws IOException {
        server = new FakeApi(this::handle);
    }

    private void handle(HttpExchange exchange) throws IOException {
        URI uri = exchange.getRequestURI();
        asked.add(new Asked(
                uri.getPath(),
                uri.getQuery(),
                exchange.getRequestHeaders().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.join(",", entry.getValue())))));
        deeds.getOrDefault(uri.getPath(), FakeApi.answer(404, "{}", Map.of())).with(exchange);
    }

    FakeReports on(String path, FakeApi.Deed deed) {
        deeds.put(path, deed);
        return this;
    }

    FakeReports on(String path, String json) {
        return on(path, FakeApi.json(json));
    }

    /** Answers the first page, and with this cursor the second. */
    FakeReports onPages(String path, String first, String cursor, String second) {
        return on(path, exchange -> {
            String query = exchange.getRequestURI().getQuery();
            FakeApi.json(query.endsWith("&page=" + cursor) ? second : first).with(exchange);
        });
    }

    FakeReports onStatus(String path, int status, Map<String, String> headers) {
        return on(path, FakeApi.answer(status, "{\"type\": \"error\"}", headers));
    }

    /** Never answers. */
    FakeReports stall(String path) {
        return on(path, server::stall);
    }

    /** Begins to answer, and never ends. */
    FakeReports trickle(String path) {
        return on(path, server::trickle);
    }

    List<Asked> asked() {
        return asked;
    }

    URI uri() {
        return server.uri();
    }

    @Override
    public void close() {
        server.close();
    }

    /** A report of these rows on one page. */
    static String report(String... rows) {
        return "{\"data\": [" + String.join(",", rows) + "], \"has_more\": false, \"next_page\": null}";
    }

    /** A row of a bucket; a JSON null for requests that are not told. */
    static String row(String startingAt, String model, long input, String requests) {
        return "{\"starting_at\": \"" + startingAt + "\", \"ending_at\": \"" + startingAt
                + "\", \"group\": {\"model\": "
                + (model.isEmpty() ? "null" : "\"" + model + "\"") + "}, \"usage\": {\"uncached_input_tokens\": "
                + input
                + ", \"output_tokens\": 0, \"requests\": " + requests + "}}";
    }
}
