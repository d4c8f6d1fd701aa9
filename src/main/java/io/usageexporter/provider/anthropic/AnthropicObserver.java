package io.usageexporter.provider.anthropic;

import io.usageexporter.event.UsageEvent;
import io.usageexporter.provider.AcceptEncodingPolicy;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.HttpFields;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.RateLimit;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.UsageRecord;
import io.usageexporter.provider.wire.ContentDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Observes a call of Anthropic's API. */
final class AnthropicObserver implements ExchangeObserver {
    private static final Pattern RESULTS_URL = Pattern.compile("(\"results_url\"\\s*:\\s*\")https?://[^/\"]+");

    private final GatewayContext context;
    private final AnthropicEndpoint endpoint;
    private final ProviderProtocol.Request request;
    private final String category;
    private final @Nullable RequestModel requestModel;
    private final CRC32C requestHash = new CRC32C();
    private long requestLength;
    private List<RateLimitHeader> limits = List.of();
    private @Nullable UsageExtractor reader;
    private @Nullable ContentDecoder decoder;

    AnthropicObserver(
            GatewayContext context, AnthropicEndpoint endpoint, ProviderProtocol.Request request, String category) {
        this.context = context;
        this.endpoint = endpoint;
        this.request = request;
        this.category = category;
        this.requestModel = endpoint.consumesQuota() && request.headers().first("content-encoding") == null
                ? new RequestModel()
                : null;
    }

    @Override
    public boolean consumesQuota() {
        return endpoint.consumesQuota();
    }

    @Override
    public AcceptEncodingPolicy acceptEncoding() {
        return switch (endpoint) {
            case OTHER ->
                request.method().equals("POST") ? AcceptEncodingPolicy.GZIP_ONLY : AcceptEncodingPolicy.FORWARD;
            case COUNT_TOKENS -> AcceptEncodingPolicy.FORWARD;
            case BATCHES, BATCH_CREATE -> AcceptEncodingPolicy.IDENTITY;
            case MESSAGES, COMPLETE, CHAT_COMPLETIONS, INVOKE, BATCH_RESULTS -> AcceptEncodingPolicy.GZIP_ONLY;
        };
    }

    @Override
    public void onRequestBody(ByteBuffer bytes) {
        if (endpoint.consumesQuota()) {
            requestHash.update(bytes.duplicate());
            requestLength += bytes.remaining();
        }
        if (requestModel != null) {
            requestModel.read(bytes);
        }
    }

    @Override
    public void onResponseHead(int status, HttpFields headers) {
        limits = RateLimitHeaders.read(headers, request.at());
        decoder = acceptEncoding() == AcceptEncodingPolicy.FORWARD
                ? null
                : ContentDecoder.of(headers.first("content-encoding"));
        String requestId = headers.first("request-id");
        boolean isUnreadable = status / 100 == 2 && decoder != null && !decoder.isReadable();
        reader = isUnreadable
                ? endpoint.unreadable(requestId)
                : endpoint.reader(
                        status,
                        headers.first("content-type"),
                        requestId,
                        endpoint == AnthropicEndpoint.BATCH_RESULTS ? AnthropicEndpoint.batchId(request.path()) : null);
    }

    /** The results of a batch are fetched by a URL of the provider's, and would pass by the gateway. */
    @Override
    @Nullable
    public Rewriting rewriting() {
        return acceptEncoding() == AcceptEncodingPolicy.IDENTITY ? this::rewritten : null;
    }

    private byte[] rewritten(byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String replaced = RESULTS_URL
                .matcher(text)
                .replaceAll(found -> found.group(1) + Matcher.quoteReplacement(request.base()));
        return replaced.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void onResponseBody(ByteBuffer bytes) {
        if (reader != null && decoder != null) {
            UsageExtractor body = reader;
            decoder.read(bytes, body::read);
            List<UsageRecord> uses = body.drain();
            if (!uses.isEmpty()) {
                context.record(uses, category, request.at(), "", () -> {});
            }
        }
    }

    @Override
    public CallOutcome onComplete(boolean complete) {
        ResponseUsage seen = reader == null ? null : reader.finish(complete);
        if (decoder != null) {
            decoder.close();
        }
        reportLimits(seen == null ? null : seen.model());
        Runnable counted = endpoint.consumesQuota() ? context::released : () -> {};
        List<UsageRecord> usages = seen == null ? List.of() : seen.uses();
        context.record(usages, category, request.at(), call(usages), counted);
        if (seen != null && seen.error() != null) {
            context.error(seen.error());
        }
        if (seen != null && seen.unmetered() != null) {
            context.unmetered(seen.unmetered(), request.method(), request.path());
        }
        if (seen == null || seen.end() == Completion.ERROR) {
            return CallOutcome.ERROR;
        }
        boolean unreadable = decoder != null && !decoder.isReadable();
        return complete && (unreadable || seen.end() == Completion.COMPLETE)
                ? CallOutcome.COMPLETE
                : CallOutcome.INCOMPLETE;
    }

    /**
     * What tells this call from others with the same id. Anthropic's own ids are unique, so that they alone decide;
     * those of others, such as the constant one of a proxy, are not.
     */
    private String call(List<UsageRecord> usages) {
        if (usages.isEmpty() || !endpoint.consumesQuota()) {
            return "";
        }
        String id = String.valueOf(usages.get(0).id());
        String message = String.valueOf(usages.get(0).messageId());
        boolean isUnique = message.startsWith("msg_")
                && (id.startsWith(Identifiers.PREFIX + "req_") || id.equals(Identifiers.PREFIX + message));
        return isUnique ? message : requestHash.getValue() + " " + requestLength + " " + message;
    }

    private void reportLimits(@Nullable String answered) {
        if (limits.isEmpty()) {
            return;
        }
        String asked = requestModel == null || answered != null ? null : requestModel.model();
        String model = answered != null ? answered : asked != null ? asked : "";
        for (RateLimitHeader limit : limits) {
            context.rateLimit(
                    new RateLimit(
                            context.provider(),
                            UsageEvent.sanitizeLabel(model),
                            limit.name(),
                            limit.limit(),
                            limit.remaining(),
                            limit.reset()),
                    request.at());
        }
    }
}
