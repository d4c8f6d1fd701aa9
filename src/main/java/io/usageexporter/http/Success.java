package io.usageexporter.http;

import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;

/** The one place where a request is answered with success; an exchange that does not come here or chooses another fails. */
final class Success {
    private Success() {}

    /** Chooses 200 for an exchange, whose body is to be sent by what is returned. */
    static Sender with(HttpServerExchange exchange, String contentType) {
        exchange.setStatusCode(StatusCodes.OK);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, contentType);
        return exchange.getResponseSender();
    }
}
