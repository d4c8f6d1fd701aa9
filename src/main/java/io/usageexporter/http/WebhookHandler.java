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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /webhooks/<provider>/{secret}}, and {@code POST /webhooks/<provider>} with the secret as a bearer token.
 * Responds when what was announced is certain to be recorded; until then the provider is to send it again. No thread waits
 * meanwhile.
 */
final class WebhookHandler implements HttpHandler {
    private static final int MAX_BYTES = 1 << 20;
    private static final String ALLOWED = "an event may have at most 1 MiB (" + MAX_BYTES + " bytes)";
    private static final String RETRY_AFTER_SECONDS = "60";
    private static final String BEARER = "bearer ";

    private final String provider;
    private final Function<String, @Nullable Webhook> webhooks;
    private final SelfMetrics metrics;
    private final BodyIntake intake;

    /**
     * @param webhooks the webhook of a provider, now; null where none is configured
     * @param pace how fast bodies must come
     */
    WebhookHandler(
            String provider,
            Function<String, @Nullable Webhook> webhooks,
            SelfMetrics metrics,
            BodyMemory memory,
            BodyPace pace) {
        this.provider = provider;
        this.webhooks = webhooks;
        this.metrics = metrics;
        this.intake = new BodyIntake(MAX_BYTES, ALLOWED, RETRY_AFTER_SECONDS, memory, pace, metrics);
    }

    /** The routes, with the secret in the path and without it; labels of its requests, too. */
    List<String> paths() {
        return List.of("/webhooks/" + provider + "/{secret}", "/webhooks/" + provider);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Webhook webhook = webhooks.apply(provider);
        if (webhook == null) {
            new Problem(
                            StatusCodes.NOT_FOUND,
                            "no webhook is configured; name a file with its secret as providers." + provider
                                    + ".webhook.secret_file")
                    .send(exchange);
            return;
        }
        if (!webhook.secret().matches(attempt(exchange))) {
            exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
            new Problem(
                            StatusCodes.UNAUTHORIZED,
                            "the webhook's secret must be the last part of the path, or follow Bearer in the header"
                                    + " Authorization")
                    .send(exchange);
            return;
        }
        intake.receive(exchange, (body, claim) -> take(exchange, body, webhook.receiver()));
    }

    /** What the sender gives as the secret; empty when nothing. */
    private static String attempt(HttpServerExchange exchange) {
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
            intake.unavailable(exchange, unavailable.message());
        } else {
            accept(exchange);
        }
    }

    private static void accept(HttpServerExchange exchange) {
        Success.with(exchange, "application/json").send("{\"accepted\":true}\n");
    }
}
