package io.usageexporter.http;

import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.xnio.IoUtils;

/** Converts exceptions to responses; the single place that does, so that every exchange gets one. */
record ExceptionHandler(HttpHandler handler) implements HttpHandler {
    private static final Logger LOG = System.getLogger(ExceptionHandler.class.getName());
    private static final String RETRY_AFTER_SECONDS = "5";

    /** Continues an exchange that waited for another thread. */
    static void resume(HttpServerExchange exchange, HttpHandler handler) {
        var safe = new ExceptionHandler(handler);
        exchange.getIoThread().execute(() -> safe.handleRequest(exchange));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            handler.handleRequest(exchange);
        } catch (BadParameterException e) {
            new Problem(StatusCodes.BAD_REQUEST, String.valueOf(e.getMessage())).send(exchange);
        } catch (Exception e) {
            fail(exchange, e, StatusCodes.INTERNAL_SERVER_ERROR, "internal error; see the exporter's log");
        } catch (OutOfMemoryError e) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_AFTER_SECONDS);
            fail(exchange, e, StatusCodes.SERVICE_UNAVAILABLE, "not enough memory at the moment");
        } catch (Error e) {
            fail(exchange, e, StatusCodes.INTERNAL_SERVER_ERROR, "internal error; see the exporter's log");
            throw e;
        }
    }

    private static void fail(HttpServerExchange exchange, Throwable failure, int status, String detail) {
        try {
            LOG.log(Level.ERROR, "a request failed", failure);
            if (!exchange.isResponseStarted()) {
                new Problem(status, detail).send(exchange);
                return;
            }
        } catch (OutOfMemoryError e) {
            failure.addSuppressed(e);
        }
        abandon(exchange);
    }

    /** Aborts the connection, so that a partial response does not look complete. */
    private static void abandon(HttpServerExchange exchange) {
        Connectors.terminateRequest(exchange);
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }
}
