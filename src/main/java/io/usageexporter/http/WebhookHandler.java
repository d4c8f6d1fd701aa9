package io.usageexporter.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.PathTemplateMatch;
import io.undertow.util.StatusCodes;
import io.usageexporter.config.Secret;
import io.usageexporter.event.Source;
import io.usageexporter.metrics.SelfMetrics;
import io.usageexporter.metrics.SelfMetrics.Rejection;
import io.usageexporter.provider.apify.RunTracker;
import io.usageexporter.provider.apify.WebhookPayload;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /webhooks/apify/{secret}}, and {@code POST /webhooks/apify} with the secret as a bearer token. Answers when
 * the ledger holds that the run is to be followed; from then on it is recorded whatever happens, and until then Apify
 * sends the event again. No thread waits meanwhile.
 */
public final class WebhookHandler implements HttpHandler {
    /** The route whose path holds the secret; the label of its requests, too. */
    static final String PATH = "/webhooks/apify/{secret}";

    /** The route without it. */
    static final String PATH_WITH_HEADER = "/webhooks/apify";

    private static final int MAX_BYTES = 1 << 20;
    private static final String ALLOWED = "an event may have at most 1 MiB (" + MAX_BYTES + " bytes)";
    private static final String RETRY_AFTER_SECONDS = "60";
    private static final String BEARER = "bearer ";

    private final Supplier<@Nullable Receiver> receiver;
    private final SelfMetrics metrics;
    private final BodyIntake intake;

    /**
     * Who takes what comes.
     *
     * @param secret that a sender must know
     */
    public record Receiver(Secret secret, RunTracker tracker) {}

    /**
     * @param receiver as configured now; null where no webhook is configured
     * @param pace how fast bodies must come
     */
    WebhookHandler(Supplier<@Nullable Receiver> receiver, SelfMetrics metrics, BodyMemory memory, BodyPace pace) {
        this.receiver = receiver;
        this.metrics = metrics;
        this.intake = new BodyIntake(MAX_BYTES, ALLOWED, RETRY_AFTER_SECONDS, memory, pace, metrics);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Receiver to = receiver.get();
        if (to == null) {
            new Problem(
                            StatusCodes.NOT_FOUND,
                            "no webhook is configured; name a file with its secret as"
                                    + " providers.apify.webhook.secret_file")
                    .send(exchange);
            return;
        }
        if (!to.secret().matches(attempt(exchange))) {
            exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
            new Problem(
                            StatusCodes.UNAUTHORIZED,
                            "the webhook's secret must be the last part of the path, or follow Bearer in the header"
                                    + " Authorization")
                    .send(exchange);
            return;
        }
        intake.receive(exchange, (body, claim) -> take(exchange, body, to.tracker()));
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

    private void take(HttpServerExchange exchange, byte[] body, RunTracker tracker) {
        WebhookPayload payload;
        try {
            payload = WebhookPayload.read(body);
        } catch (WebhookPayload.InvalidException e) {
            metrics.rejected(Rejection.INVALID, 1);
            new Problem(StatusCodes.BAD_REQUEST, String.valueOf(e.getMessage())).send(exchange);
            return;
        }
        String runId = payload.runId();
        if (runId == null) {
            accept(exchange);
            return;
        }
        tracker.announced(
                runId,
                payload.run(),
                Source.WEBHOOK,
                isHeld -> ExceptionHandler.resume(exchange, same -> {
                    if (isHeld) {
                        accept(same);
                    } else {
                        metrics.rejected(Rejection.LEDGER, 1);
                        intake.unavailable(same, "the run cannot be noted in the ledger");
                    }
                }));
    }

    private static void accept(HttpServerExchange exchange) {
        Success.with(exchange, "application/json").send("{\"accepted\":true}\n");
    }
}
