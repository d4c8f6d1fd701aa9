package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import io.usageexporter.gateway.Gateway;

/** Routes calls of any method and path below {@code /gateway/} to the gateway, and all others to the route table. */
record GatewayHandler(Gateway gateway, HttpHandler routes) implements HttpHandler {
    /** The label of all calls, since their paths may contain secrets. */
    static final String ROUTE = "/gateway/{provider}";

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        String target = RequestHeads.target(exchange);
        if (!Gateway.handles(target)) {
            routes.handleRequest(exchange);
            return;
        }
        exchange.putAttachment(Routes.ROUTE, ROUTE);
        if (!gateway.forward(exchange, target, AccessHandler.consumer(exchange))) {
            String known = String.join(", ", gateway.providers());
            new Problem(StatusCodes.NOT_FOUND, "there is no gateway to this provider; available: " + known)
                    .send(exchange);
        }
    }
}
