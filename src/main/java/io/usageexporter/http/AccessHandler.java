package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import io.usageexporter.access.AccessControl;
import io.usageexporter.access.Credentials;
import io.usageexporter.access.RateLimiter;
import io.usageexporter.access.Verdict;
import io.usageexporter.config.Scope;
import io.usageexporter.gateway.Gateway;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets only those requests through whose sender may make them.
 *
 * @param webhooks the providers whose webhooks have a secret of their own
 */
record AccessHandler(AccessControl access, Gateway gateway, Set<String> webhooks, Refusals refusals, HttpHandler next)
        implements HttpHandler {
    /** For whom a request records, whatever it says. Absent where it decides itself. */
    private static final AttachmentKey<String> CONSUMER = AttachmentKey.create(String.class);

    /** The label of refused requests, whose path nobody has looked up. */
    private static final String ROUTE = "REFUSED";

    private static final HttpString TOKEN = new HttpString("X-Usage-Token");
    private static final String HEALTHY = "/-/healthy";
    private static final String WEBHOOKS = "/webhooks/";
    private static final String RETRY_AFTER_SECONDS = "5";

    /** The consumer of the request's API token; null where it has none. */
    static @Nullable String consumer(HttpServerExchange exchange) {
        return exchange.getAttachment(CONSUMER);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Map<String, String> headers = access.headers();
        RateLimiter limiter = access.rateLimiter();
        if (headers.isEmpty() && limiter == null && access.isOpen()) {
            next.handleRequest(exchange);
            return;
        }
        String target = RequestHeads.target(exchange);
        boolean toGateway = Gateway.handles(target);
        if (!headers.isEmpty() && !toGateway) { // a provider's responses pass unchanged
            exchange.addResponseCommitListener(done -> set(headers, done.getResponseHeaders()));
        }
        if (limiter != null && !isHealth(exchange) && !limiter.admits()) {
            end(exchange, target, toGateway, new Verdict.TooFast(limiter.retryAfterSeconds()));
            return;
        }
        if (access.isOpen() || (!toGateway && isPublic(exchange))) {
            next.handleRequest(exchange);
            return;
        }
        Scope needed = toGateway ? Scope.GATEWAY : scope(exchange);
        Verdict verdict = access.check(needed, credentials(exchange, toGateway ? target : null));
        if (verdict instanceof Verdict.Unverified unverified) {
            exchange.dispatch(
                    SameThreadExecutor.INSTANCE,
                    () -> access.verify(
                            unverified,
                            verified -> ExceptionHandler.resume(exchange, ex -> end(ex, target, toGateway, verified))));
        } else {
            end(exchange, target, toGateway, verdict);
        }
    }

    private static void set(Map<String, String> headers, HeaderMap response) {
        headers.forEach((name, value) -> {
            var header = new HttpString(name);
            if (value.isEmpty()) {
                response.remove(header);
            } else {
                response.put(header, value);
            }
        });
    }

    /** For everyone at any time: without a response the process would be taken for dead, and restarted. */
    private static boolean isHealth(HttpServerExchange exchange) {
        return exchange.getRelativePath().equals(HEALTHY);
    }

    /** Whether a request needs no credentials, or is checked by its own handler. */
    private boolean isPublic(HttpServerExchange exchange) {
        if (isHealth(exchange)) {
            return true;
        }
        String path = exchange.getRelativePath();
        if (!path.startsWith(WEBHOOKS) || !exchange.getRequestMethod().equals(Methods.POST)) {
            return false;
        }
        String[] segments = path.substring(WEBHOOKS.length()).split("/", -1);
        return segments.length <= 2 && webhooks.contains(segments[0]);
    }

    /** What no other scope covers needs the most powerful one. */
    private static Scope scope(HttpServerExchange exchange) {
        HttpString method = exchange.getRequestMethod();
        if (method.equals(Methods.GET) || method.equals(Methods.HEAD)) {
            return Scope.READ;
        }
        String path = exchange.getRelativePath();
        boolean records = path.equals("/api/usage") || path.startsWith("/otlp/");
        return records && method.equals(Methods.POST) ? Scope.RECORD : Scope.ADMIN;
    }

    /** @param target of a gateway call, whose other headers are meant for the provider; null for all else */
    private static Credentials credentials(HttpServerExchange exchange, @Nullable String target) {
        HeaderMap headers = exchange.getRequestHeaders();
        String token = headers.getFirst(TOKEN);
        return new Credentials(
                token == null && target != null ? Gateway.token(target) : token,
                target == null ? headers.getFirst(Headers.AUTHORIZATION) : null,
                exchange.getConnection().getSslSession());
    }

    private void end(HttpServerExchange exchange, String target, boolean toGateway, Verdict verdict) throws Exception {
        if (verdict instanceof Verdict.Allowed allowed) {
            if (!allowed.consumer().isEmpty()) {
                exchange.putAttachment(CONSUMER, allowed.consumer());
            }
            next.handleRequest(exchange);
            return;
        }
        exchange.putAttachment(Routes.ROUTE, toGateway ? GatewayHandler.ROUTE : ROUTE);
        Problem problem = problem(exchange, verdict);
        new UnreadRequest(ex -> {
                    if (!toGateway || !gateway.refuse(ex, target, problem.status(), problem.detail())) {
                        problem.send(ex);
                    }
                })
                .handleRequest(exchange);
    }

    private Problem problem(HttpServerExchange exchange, Verdict verdict) {
        if (verdict instanceof Verdict.Forbidden forbidden) {
            refusals.add(Refusals.Reason.FORBIDDEN, exchange.getSourceAddress());
            return new Problem(StatusCodes.FORBIDDEN, forbidden.why());
        }
        if (verdict instanceof Verdict.Unauthenticated unauthenticated) {
            refusals.add(Refusals.Reason.UNAUTHENTICATED, exchange.getSourceAddress());
            exchange.getResponseHeaders().putAll(Headers.WWW_AUTHENTICATE, access.challenges());
            return new Problem(StatusCodes.UNAUTHORIZED, unauthenticated.why());
        }
        if (verdict instanceof Verdict.TooFast tooFast) {
            refusals.add(Refusals.Reason.RATE_LIMIT, exchange.getSourceAddress());
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, tooFast.retryAfterSeconds());
            return new Problem(
                    StatusCodes.TOO_MANY_REQUESTS,
                    "more requests arrive than the web configuration's rate_limit allows");
        }
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_AFTER_SECONDS);
        return new Problem(StatusCodes.SERVICE_UNAVAILABLE, "too many passwords wait to be verified; retry later");
    }
}
