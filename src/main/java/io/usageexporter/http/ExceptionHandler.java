package io.usageexporter.http;

import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.xnio.IoUtils;

/** The one place where an exception becomes a response, so that no exchange is left without one. */
record ExceptionHandler(HttpHandler handler) implements HttpHandler {
    private static final Logger LOG = System.getLogger(ExceptionHandler.class.getName());
    private static final String RETRY_AFTER_SECONDS = "5";

    /** Goes on with an exchange that waited for another thread. */
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
            fail(exchange, e, StatusCodes.INTERNAL_SERVER_ERROR, "the exporter failed; its log says more");
        } catch (OutOfMemoryError e) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_AFTER_SECONDS);
            fail(exchange, e, StatusCodes.SERVICE_UNAVAILABLE, "there is not enough memory for this now");
        } catch (Error e) {
            fail(exchange, e, StatusCodes.INTERNAL_SERVER_ERROR, "the exporter failed; its log says more");
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

    /** Breaks the connection off, so that what was sent does not look whole. */
    private static void abandon(HttpServerExchange exchange) {
        Connectors.terminateRequest(exchange);
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }
}
