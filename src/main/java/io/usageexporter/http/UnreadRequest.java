package io.usageexporter.http;

import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioExecutor;

/**
 * Ends an exchange whose response is sent before its body has arrived. A client that continues to send is drained for a
 * while, so that it reads the response, and then disconnected.
 */
record UnreadRequest(HttpHandler handler) implements HttpHandler {
    private static final long LISTEN_SECONDS = 5;

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (!exchange.isRequestComplete()) {
            boolean lastRequest = !exchange.isPersistent();
            exchange.addResponseCommitListener(response -> limit(response, lastRequest));
        }
        handler.handleRequest(exchange);
    }

    /** @param lastRequest whether the client asked to close the connection after the response */
    private static void limit(HttpServerExchange exchange, boolean lastRequest) {
        if (exchange.isRequestComplete()) {
            return;
        }
        // Persistent until then: otherwise Undertow shuts down reads, which resets a client that still sends.
        if (lastRequest) {
            exchange.setPersistent(true);
        }
        XnioExecutor.Key timer = exchange.getIoThread()
                .executeAfter(
                        () -> {
                            exchange.setPersistent(false);
                            Connectors.terminateRequest(exchange);
                            exchange.endExchange();
                        },
                        LISTEN_SECONDS,
                        TimeUnit.SECONDS);
        exchange.addExchangeCompleteListener((done, next) -> {
            timer.remove();
            if (lastRequest) {
                done.setPersistent(false);
            }
            next.proceed();
        });
    }
}
