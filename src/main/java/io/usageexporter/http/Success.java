package io.usageexporter.http;

import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

/** Starts successful responses; the single place that does. */
final class Success {
    private Success() {}

    /** Sets status 200, and returns the sender of the body. */
    static Sender with(HttpServerExchange exchange, String contentType) {
        exchange.setStatusCode(StatusCodes.OK);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        return exchange.getResponseSender();
    }
}
