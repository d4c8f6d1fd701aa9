package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** The one place where an exception becomes an answer. */
record SafeHandler(HttpHandler handler) implements HttpHandler {
    private static final Logger LOG = System.getLogger(SafeHandler.class.getName());

    /** Goes on with an exchange that waited for another thread. */
    static void resume(HttpServerExchange exchange, HttpHandler handler) {
        var safe = new SafeHandler(handler);
        exchange.getIoThread().execute(() -> safe.handleRequest(exchange));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            handler.handleRequest(exchange);
        } catch (BadParameterException e) {
            new Problem(StatusCodes.BAD_REQUEST, String.valueOf(e.getMessage())).send(exchange);
        } catch (Exception e) {
            LOG.log(Level.ERROR, "a request failed", e);
            if (exchange.isResponseStarted()) {
                exchange.endExchange();
            } else {
                new Problem(StatusCodes.INTERNAL_SERVER_ERROR, "the exporter failed; its log says more").send(exchange);
            }
        }
    }
}
