package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.PathTemplateMatch;
import io.undertow.util.StatusCodes;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.metrics.SelfMetrics.Rejection;
import io.usageexporter.provider.Webhook;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /webhooks/<provider>/{secret}}, and {@code POST /webhooks/<provider>} with the secret as a bearer token.
 * Responds with success once the announced event is certain to be recorded; otherwise the provider retries. No thread is
 * blocked meanwhile.
 */
final class WebhookHandler implements HttpHandler {
    private static final int MAX_BYTES = 1 << 20;
    private static final String ALLOWED = "an event may have at most 1 MiB (" + MAX_BYTES + " bytes)";
    private static final String RETRY_AFTER_SECONDS = "60";
    private static final String BEARER = "bearer ";

    private final String provider;
    private final Supplier<@Nullable Webhook> current;
    private final SelfMetrics metrics;
    private final BodyHandler bodies;

    /**
     * @param current the current webhook; null where none is configured
     * @param pace minimum rate of bodies
     */
    WebhookHandler(
            String provider,
            Supplier<@Nullable Webhook> current,
            SelfMetrics metrics,
            Refusals refusals,
            BodyMemory memory,
            BodyPace pace) {
        this.provider = provider;
        this.current = current;
        this.metrics = metrics;
        this.bodies = new BodyHandler(MAX_BYTES, ALLOWED, RETRY_AFTER_SECONDS, memory, pace, metrics, refusals);
    }

    /** The paths with and without the secret, which are also the route labels of requests. */
    List<String> paths() {
        return List.of("/webhooks/" + provider + "/{secret}", "/webhooks/" + provider);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Webhook webhook = current.get();
        if (webhook == null) {
            new Problem(
                            StatusCodes.NOT_FOUND,
                            "no webhook is configured; enable it with providers." + provider + ".webhook.secret_file")
                    .send(exchange);
            return;
        }
        if (!webhook.secret().matches(presentedSecret(exchange))) {
            exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
            new Problem(
                            StatusCodes.UNAUTHORIZED,
                            "the webhook's secret must be the last segment of the path, or a Bearer token in the Authorization"
                                    + " header")
                    .send(exchange);
            return;
        }
        bodies.receive(exchange, (body, claim) -> take(exchange, body, webhook.receiver()));
    }

    /** The secret that the client presents, or an empty string. */
    private static String presentedSecret(HttpServerExchange exchange) {
        PathTemplateMatch match = exchange.getAttachment(PathTemplateMatch.ATTACHMENT_KEY);
        String inPath = match == null ? null : match.getParameters().get("secret");
        if (inPath != null) {
            return inPath;
        }
        String header = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip()
                : "";
    }

    private void take(HttpServerExchange exchange, byte[] body, Webhook.Receiver receiver) {
        receiver.receive(body, reply -> ExceptionHandler.resume(exchange, ex -> respond(ex, reply)));
    }

    private void respond(HttpServerExchange exchange, Webhook.Reply reply) {
        if (reply instanceof Webhook.Invalid invalid) {
            metrics.rejected(Rejection.INVALID, 1);
            new Problem(StatusCodes.BAD_REQUEST, invalid.message()).send(exchange);
        } else if (reply instanceof Webhook.Unavailable unavailable) {
            metrics.rejected(Rejection.LEDGER, 1);
            bodies.unavailable(exchange, unavailable.message());
        } else {
            accept(exchange);
        }
    }

    private static void accept(HttpServerExchange exchange) {
        Success.send(exchange, "application/json", "{\"accepted\":true}\n");
    }
}
