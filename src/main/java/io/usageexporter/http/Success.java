package io.usageexporter.http;

import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Starts successful responses; the single place that does. */
final class Success {
    private Success() {}

    /** Sets status 200, and returns the sender of the body. */
    static Sender with(HttpServerExchange exchange, String contentType) {
        exchange.setStatusCode(StatusCodes.OK);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        BrowserHeaders.addTo(exchange.getResponseHeaders());
        return exchange.getResponseSender();
    }

    static void send(HttpServerExchange exchange, String contentType, String body) {
        send(exchange, contentType, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Sends a response with status 200 from the I/O thread. If a worker did, it would end the exchange while the I/O thread,
     * which that wakes up, spins until it has.
     */
    static void send(HttpServerExchange exchange, String contentType, ByteBuffer body) {
        if (exchange.isInIoThread()) {
            with(exchange, contentType).send(body);
        } else {
            exchange.dispatch(
                    exchange.getIoThread(),
                    onIoThread -> with(onIoThread, contentType).send(body));
        }
    }
}
