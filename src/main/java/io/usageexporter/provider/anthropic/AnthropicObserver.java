package io.usageexporter.provider.anthropic;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.provider.AcceptEncodingPolicy;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.RateLimit;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.UsageRecord;
import io.usageexporter.provider.wire.ContentDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Watches a call of Anthropic's API. */
final class AnthropicObserver extends ExchangeObserver {
    private static final HttpString REQUEST_ID = new HttpString("request-id");
    private static final Pattern RESULTS_URL = Pattern.compile("(\"results_url\"\\s*:\\s*\")https?://[^/\"]+");
    private static final String PROVIDER = "anthropic";

    private final AnthropicProtocol traffic;
    private final AnthropicEndpoint call;
    private final ProviderProtocol.Request request;
    private final String category;
    private final @Nullable RequestModel requestModel;
    private final CRC32C requestHash = new CRC32C();
    private long requestLength;
    private List<RateLimitHeader> limits = List.of();
    private @Nullable UsageExtractor reader;
    private @Nullable ContentDecoder decoder;

    AnthropicObserver(
            AnthropicProtocol traffic, AnthropicEndpoint call, ProviderProtocol.Request request, String category) {
        this.traffic = traffic;
        this.call = call;
        this.request = request;
        this.category = category;
        this.requestModel =
                call.spends() && !request.headers().contains(Headers.CONTENT_ENCODING) ? new RequestModel() : null;
    }

    @Override
    public boolean spends() {
        return call.spends();
    }

    @Override
    public AcceptEncodingPolicy encodings() {
        return switch (call) {
            case OTHER -> request.method().equals("POST") ? AcceptEncodingPolicy.READABLE : AcceptEncodingPolicy.ANY;
            case COUNT_TOKENS -> AcceptEncodingPolicy.ANY;
            case BATCHES, BATCH_CREATE -> AcceptEncodingPolicy.PLAIN;
            case MESSAGES, COMPLETE, CHAT_COMPLETIONS, INVOKE, BATCH_RESULTS -> AcceptEncodingPolicy.READABLE;
        };
    }

    @Override
    public void request(ByteBuffer bytes) {
        if (call.spends()) {
            requestHash.update(bytes.duplicate());
            requestLength += bytes.remaining();
        }
        if (requestModel != null) {
            requestModel.read(bytes);
        }
    }

    @Override
    public void answered(int status, HeaderMap headers) {
        limits = RateLimitHeaders.read(entries(headers), request.at());
        decoder = encodings() == AcceptEncodingPolicy.ANY
                ? null
                : ContentDecoder.of(headers.getFirst(Headers.CONTENT_ENCODING), PROVIDER);
        String requestId = headers.getFirst(REQUEST_ID);
        boolean isUnreadable = status / 100 == 2 && decoder != null && !decoder.isReadable();
        reader = isUnreadable
                ? call.unreadable(requestId)
                : call.reader(
                        status,
                        headers.getFirst(Headers.CONTENT_TYPE),
                        requestId,
                        call == AnthropicEndpoint.BATCH_RESULTS ? AnthropicEndpoint.batchId(request.path()) : null);
    }

    private static List<Map.Entry<String, String>> entries(HeaderMap headers) {
        var entries = new ArrayList<Map.Entry<String, String>>();
        for (HeaderValues values : headers) {
            values.forEach(value -> entries.add(Map.entry(values.getHeaderName().toString(), value)));
        }
        return entries;
    }

    /** The results of a batch are fetched by a URL of the provider's, and would pass by the gateway. */
    @Override
    @Nullable
    public Rewriting rewriting() {
        return encodings() == AcceptEncodingPolicy.PLAIN ? this::rewritten : null;
    }

    private byte[] rewritten(byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String replaced = RESULTS_URL
                .matcher(text)
                .replaceAll(found -> found.group(1) + Matcher.quoteReplacement(request.base()));
        return replaced.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void answer(ByteBuffer bytes) {
        if (reader != null && decoder != null) {
            UsageExtractor body = reader;
            decoder.read(bytes, body::read);
            List<UsageRecord> uses = body.take();
            if (!uses.isEmpty()) {
                traffic.recorder().record(uses, category, request.at(), "", () -> {});
            }
        }
    }

    @Override
    public CallOutcome ended(boolean whole) {
        ResponseUsage seen = reader == null ? null : reader.end(whole);
        if (decoder != null) {
            decoder.close();
        }
        tellLimits(seen == null ? null : seen.model());
        Runnable counted = call.spends() ? traffic.admission()::counted : () -> {};
        String asked = call.spends() ? requestHash.getValue() + " " + requestLength : "";
        traffic.recorder().record(seen == null ? List.of() : seen.uses(), category, request.at(), asked, counted);
        if (seen != null && seen.error() != null) {
            traffic.metrics().error(PROVIDER, seen.error());
        }
        if (seen != null && seen.unmetered() != null) {
            traffic.unmetered().add(seen.unmetered(), request.method(), request.path());
        }
        if (seen == null || seen.end() == Completion.ERROR) {
            return CallOutcome.ERROR;
        }
        boolean untold = decoder != null && !decoder.isReadable();
        return whole && (untold || seen.end() == Completion.COMPLETE) ? CallOutcome.COMPLETE : CallOutcome.INCOMPLETE;
    }

    private void tellLimits(@Nullable String answered) {
        if (limits.isEmpty()) {
            return;
        }
        String asked = requestModel == null || answered != null ? null : requestModel.model();
        String model = answered != null ? answered : asked != null ? asked : "";
        for (RateLimitHeader limit : limits) {
            traffic.rateLimits()
                    .put(
                            new RateLimit(
                                    PROVIDER,
                                    UsageEvent.sanitizeLabel(model),
                                    limit.name(),
                                    limit.limit(),
                                    limit.remaining(),
                                    limit.reset()),
                            request.at());
        }
    }
}
