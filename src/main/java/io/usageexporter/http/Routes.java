package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.RoutingHandler;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.PathTemplateMatcher;
import io.undertow.util.StatusCodes;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Builds the route table: paths, their methods, and the responses to all other requests. */
final class Routes {
    /** The matched path of an exchange. */
    static final AttachmentKey<String> ROUTE = AttachmentKey.create(String.class);

    private final RoutingHandler routing = new RoutingHandler();
    private final Map<String, Set<String>> methods = new TreeMap<>();
    private final PathTemplateMatcher<Set<String>> methodsByPath = new PathTemplateMatcher<>();

    /** Adds a handler that runs on a worker. */
    Routes get(String path, HttpHandler handler) {
        return add(Methods.GET, path, worker(handler)).add(Methods.HEAD, path, worker(handler));
    }

    /** Adds a handler that runs on a worker. */
    Routes post(String path, HttpHandler handler) {
        return add(Methods.POST, path, worker(handler));
    }

    /** Adds a handler that runs on a worker. */
    Routes delete(String path, HttpHandler handler) {
        return add(Methods.DELETE, path, worker(handler));
    }

    /** Adds a handler that runs on the I/O thread, and must not block. */
    Routes postOnIoThread(String path, HttpHandler handler) {
        return add(Methods.POST, path, handler);
    }

    private Routes add(HttpString method, String path, HttpHandler handler) {
        methods.computeIfAbsent(path, this::newMethods).add(method.toString());
        routing.add(method, path, exchange -> {
            exchange.putAttachment(ROUTE, path);
            handler.handleRequest(exchange);
        });
        return this;
    }

    private Set<String> newMethods(String path) {
        var none = new TreeSet<String>();
        methodsByPath.add(path, none);
        return none;
    }

    private static HttpHandler worker(HttpHandler handler) {
        var safe = new ExceptionHandler(handler);
        return exchange -> exchange.dispatch(safe);
    }

    /** The finished table. */
    HttpHandler handler() {
        routing.setFallbackHandler(exchange -> new Problem(
                        StatusCodes.NOT_FOUND, "not found; available: " + String.join(", ", methods.keySet()))
                .send(exchange));
        routing.setInvalidMethodHandler(exchange -> {
            String allowed = String.join(
                    ", ", methodsByPath.match(exchange.getRelativePath()).getValue());
            exchange.getResponseHeaders().put(Headers.ALLOW, allowed);
            new Problem(StatusCodes.METHOD_NOT_ALLOWED, "method not allowed; allowed: " + allowed).send(exchange);
        });
        return routing;
    }
}
