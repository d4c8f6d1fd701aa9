package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import io.usageexporter.gateway.Gateway;

/** Gives the gateway what is its own, whatever the method and the path, and everything else to the route table. */
record GatewayHandler(Gateway gateway, HttpHandler routes) implements HttpHandler {
    /** The label of all calls, whose paths are the callers' and may hold secrets. */
    static final String ROUTE = "/gateway/{provider}";

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        String target = RequestHeads.target(exchange);
        if (!Gateway.handles(target)) {
            routes.handleRequest(exchange);
            return;
        }
        exchange.putAttachment(Routes.ROUTE, ROUTE);
        if (!gateway.forward(exchange, target)) {
            String known = String.join(", ", gateway.providers());
            new Problem(StatusCodes.NOT_FOUND, "there is no gateway to this provider; there are those to " + known)
                    .send(exchange);
        }
    }
}
