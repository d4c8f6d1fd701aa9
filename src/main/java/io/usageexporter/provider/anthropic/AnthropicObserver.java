package io.usageexporter.provider.anthropic;

import io.usageexporter.event.TextRule;
import io.usageexporter.provider.AcceptEncodingPolicy;
import io.usageexporter.provider.Attribution;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.HttpFields;
import io.usageexporter.provider.PlanWindow;
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
    private final Attribution attribution;
    private final @Nullable RequestModel requestModel;
    private final CRC32C requestHash = new CRC32C();
    private long requestLength;
    private List<RateLimitHeader> limits = List.of();
    private @Nullable UsageExtractor extractor;
    private @Nullable ContentDecoder decoder;

    AnthropicObserver(GatewayContext context, AnthropicEndpoint endpoint, ProviderProtocol.Request request) {
        this.context = context;
        this.endpoint = endpoint;
        this.request = request;
        this.attribution = request.attribution(context.category());
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
        List<PlanWindow> windows = PlanWindowHeaders.read(context.provider(), headers, request.at());
        if (!windows.isEmpty()) {
            context.planWindows(windows, request.at());
        }
        decoder = acceptEncoding() == AcceptEncodingPolicy.FORWARD
                ? null
                : ContentDecoder.of(headers.first("content-encoding"));
        String requestId = headers.first("request-id");
        boolean isUnreadable = status / 100 == 2 && decoder != null && !decoder.isReadable();
        extractor = isUnreadable
                ? endpoint.unreadableExtractor(requestId)
                : endpoint.extractor(
                        status,
                        headers.first("content-type"),
                        requestId,
                        endpoint == AnthropicEndpoint.BATCH_RESULTS ? AnthropicEndpoint.batchId(request.path()) : null);
    }

    /** The results of a batch have a URL of the provider, which would bypass the gateway. */
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
        if (extractor != null && decoder != null) {
            UsageExtractor body = extractor;
            decoder.read(bytes, body::read);
            List<UsageRecord> records = body.drain();
            if (!records.isEmpty()) {
                context.record(records, attribution, request.at(), "", false);
            }
        }
    }

    @Override
    public CallOutcome onComplete(boolean complete) {
        ResponseUsage usage = extractor == null ? null : extractor.finish(complete);
        if (decoder != null) {
            decoder.close();
        }
        reportLimits(usage == null ? null : usage.model());
        List<UsageRecord> records = usage == null ? List.of() : usage.records();
        context.record(records, attribution, request.at(), call(records), endpoint.consumesQuota());
        if (usage != null && usage.error() != null) {
            context.error(usage.error());
        }
        if (usage != null && usage.unmetered() != null) {
            context.unmetered(usage.unmetered(), request.method(), request.path());
        }
        if (usage == null || usage.completion() == Completion.ERROR) {
            return CallOutcome.ERROR;
        }
        boolean unreadable = decoder != null && !decoder.isReadable();
        return complete && (unreadable || usage.completion() == Completion.COMPLETE)
                ? CallOutcome.COMPLETE
                : CallOutcome.INCOMPLETE;
    }

    /**
     * Distinguishes this call from others with the same id. Anthropic's own ids are unique; those of others, such as the
     * constant id of a proxy, are not.
     */
    private String call(List<UsageRecord> records) {
        if (records.isEmpty() || !endpoint.consumesQuota()) {
            return "";
        }
        String id = String.valueOf(records.get(0).id());
        String message = String.valueOf(records.get(0).messageId());
        boolean isUnique = message.startsWith("msg_")
                && (id.startsWith(Identifiers.PREFIX + "req_") || id.equals(Identifiers.PREFIX + message));
        return isUnique ? message : requestHash.getValue() + " " + requestLength + " " + message;
    }

    private void reportLimits(@Nullable String responseModel) {
        if (limits.isEmpty()) {
            return;
        }
        String requested = requestModel == null || responseModel != null ? null : requestModel.model();
        String model = responseModel != null ? responseModel : requested != null ? requested : "";
        for (RateLimitHeader limit : limits) {
            context.rateLimit(
                    new RateLimit(
                            context.provider(),
                            TextRule.LABEL.sanitize(model),
                            limit.name(),
                            limit.limit(),
                            limit.remaining(),
                            limit.reset()),
                    request.at());
        }
    }
}
