package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.usageexporter.metrics.SelfMetrics;
import java.util.Set;

/** Records the duration of each exchange until its response has been written. */
record MetricsHandler(HttpHandler handler, SelfMetrics metrics) implements HttpHandler {
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE");

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        long start = System.nanoTime();
        exchange.addExchangeCompleteListener((done, next) -> {
            metrics.recordHttpRequest(request(done), System.nanoTime() - start);
            next.proceed();
        });
        handler.handleRequest(exchange);
    }

    private static SelfMetrics.Request request(HttpServerExchange exchange) {
        String route = exchange.getAttachment(Routes.ROUTE);
        return request(
                exchange.getRequestMethod().toString(), route == null ? "NOT_FOUND" : route, exchange.getStatusCode());
    }

    static SelfMetrics.Request request(String method, String route, int status) {
        return new SelfMetrics.Request(METHODS.contains(method) ? method : "OTHER", route, status);
    }
}
