package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import io.usageexporter.quota.ProviderConfig;
import io.usageexporter.render.HistoryCsvView;
import io.usageexporter.render.HistoryJsonView;
import io.usageexporter.report.History;
import io.usageexporter.report.HistoryQuery;
import io.usageexporter.report.ReportSource;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code GET /api/usage/history}, as JSON, or CSV if the client prefers it. Runs on workers. A year of 200 categories takes
 * a large part of a small heap, so one history is rendered at a time, and those being sent are bounded.
 */
final class HistoryHandler implements HttpHandler {
    private static final String JSON = "application/json";
    private static final String CSV = "text/csv";
    private static final List<String> TYPES = List.of(JSON, CSV);
    private static final String RETRY_AFTER_SECONDS = "1";

    private final ReportSource reports;
    private final Supplier<Map<String, ProviderConfig>> providers;
    private final InstantSource clock;
    private final MemoryLimit memory = new MemoryLimit(Runtime.getRuntime().maxMemory() / 8);

    HistoryHandler(ReportSource reports, Supplier<Map<String, ProviderConfig>> providers, InstantSource clock) {
        this.reports = reports;
        this.providers = providers;
        this.clock = clock;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        var parameters = QueryParameters.of(exchange, HistoryParameters.NAMES);
        HistoryQuery query = new HistoryParameters(parameters, providers.get().values(), clock.instant()).query();
        exchange.getResponseHeaders().put(Headers.VARY, Headers.ACCEPT_STRING);
        String type = AcceptHeader.of(exchange.getRequestHeaders().get(Headers.ACCEPT))
                .choose(TYPES);
        if (type == null) {
            AcceptHeader.refuse(exchange, Headers.ACCEPT_STRING, TYPES);
            return;
        }
        boolean csv = type.equals(CSV);
        byte[] body = render(query, csv);
        int length = body.length;
        if (!memory.reserveIfFitsOrAlone(length)) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_AFTER_SECONDS);
            new Problem(
                            StatusCodes.SERVICE_UNAVAILABLE,
                            "too many histories are in progress; retry later, or request fewer days")
                    .send(exchange);
            return;
        }
        exchange.addExchangeCompleteListener((done, next) -> {
            memory.release(length);
            next.proceed();
        });
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        ChunkedSender.send(Success.with(exchange, csv ? CSV + "; charset=utf-8" : JSON), exchange, body);
    }

    private synchronized byte[] render(HistoryQuery query, boolean csv) throws Exception {
        History history = reports.history(query);
        return csv ? HistoryCsvView.render(history) : HistoryJsonView.render(history);
    }
}
