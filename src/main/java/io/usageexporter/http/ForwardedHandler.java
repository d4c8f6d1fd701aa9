package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.usageexporter.forwarded.Forwarded;
import io.usageexporter.forwarded.ReverseProxies;
import io.usageexporter.gateway.ExternalUrl;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/** Replaces, behind a trusted proxy, the client's address and the URL under which it reaches the exporter. */
record ForwardedHandler(HttpHandler next, Supplier<ReverseProxies> reverseProxies) implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        ReverseProxies proxies = reverseProxies.get();
        if (!proxies.isNone()) {
            InetAddress peer = exchange.getSourceAddress().getAddress();
            Forwarded forwarded = proxies.forwarded(peer, name -> values(exchange, name));
            if (!forwarded.client().equals(peer)) {
                exchange.setSourceAddress(new InetSocketAddress(forwarded.client(), 0));
            }
            ExternalUrl.set(
                    exchange, proxies.externalUrl(forwarded, exchange.getRequestScheme(), exchange.getHostAndPort()));
        }
        next.handleRequest(exchange);
    }

    private static List<String> values(HttpServerExchange exchange, String name) {
        HeaderValues values = exchange.getRequestHeaders().get(name);
        return values == null ? List.of() : values;
    }
}
