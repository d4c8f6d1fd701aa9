package io.usageexporter.gateway;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.usageexporter.event.UsageEvent;
import io.usageexporter.provider.AnswerReader;
import io.usageexporter.provider.End;
import io.usageexporter.provider.Seen;
import io.usageexporter.provider.SeenUse;
import io.usageexporter.provider.anthropic.AnthropicCall;
import io.usageexporter.provider.anthropic.RateLimitHeader;
import io.usageexporter.provider.anthropic.RateLimitHeaders;
import io.usageexporter.provider.anthropic.RequestModel;
import io.usageexporter.quota.RateLimit;
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
final class AnthropicWatcher extends Watcher {
    private static final HttpString REQUEST_ID = new HttpString("request-id");
    private static final Pattern RESULTS_URL = Pattern.compile("(\"results_url\"\\s*:\\s*\")https?://[^/\"]+");
    private static final String PROVIDER = "anthropic";

    private final AnthropicTraffic traffic;
    private final AnthropicCall call;
    private final Traffic.Request request;
    private final String category;
    private final @Nullable RequestModel requestModel;
    private final CRC32C requestHash = new CRC32C();
    private long requestLength;
    private List<RateLimitHeader> limits = List.of();
    private @Nullable AnswerReader reader;
    private @Nullable BodyDecoder decoder;

    AnthropicWatcher(AnthropicTraffic traffic, AnthropicCall call, Traffic.Request request, String category) {
        this.traffic = traffic;
        this.call = call;
        this.request = request;
        this.category = category;
        this.requestModel =
                call.spends() && !request.headers().contains(Headers.CONTENT_ENCODING) ? new RequestModel() : null;
    }

    @Override
    boolean spends() {
        return call.spends();
    }

    @Override
    Encodings encodings() {
        return switch (call) {
            case OTHER -> request.method().equals("POST") ? Encodings.READABLE : Encodings.ANY;
            case COUNT_TOKENS -> Encodings.ANY;
            case BATCHES, BATCH_CREATE -> Encodings.PLAIN;
            case MESSAGES, COMPLETE, CHAT_COMPLETIONS, INVOKE, BATCH_RESULTS -> Encodings.READABLE;
        };
    }

    @Override
    void request(ByteBuffer bytes) {
        if (call.spends()) {
            requestHash.update(bytes.duplicate());
            requestLength += bytes.remaining();
        }
        if (requestModel != null) {
            requestModel.read(bytes);
        }
    }

    @Override
    void answered(int status, HeaderMap headers) {
        limits = RateLimitHeaders.read(entries(headers), request.at());
        decoder = encodings() == Encodings.ANY
                ? null
                : BodyDecoder.of(headers.getFirst(Headers.CONTENT_ENCODING), PROVIDER);
        String requestId = headers.getFirst(REQUEST_ID);
        boolean isUnreadable = status / 100 == 2 && decoder != null && !decoder.isReadable();
        reader = isUnreadable
                ? call.unreadable(requestId)
                : call.reader(
                        status,
                        headers.getFirst(Headers.CONTENT_TYPE),
                        requestId,
                        call == AnthropicCall.BATCH_RESULTS ? AnthropicCall.batchId(request.path()) : null);
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
    Rewriting rewriting() {
        return encodings() == Encodings.PLAIN ? this::rewritten : null;
    }

    private byte[] rewritten(byte[] body) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String replaced = RESULTS_URL
                .matcher(text)
                .replaceAll(found -> found.group(1) + Matcher.quoteReplacement(request.base()));
        return replaced.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    void answer(ByteBuffer bytes) {
        if (reader != null && decoder != null) {
            AnswerReader body = reader;
            decoder.read(bytes, body::read);
            List<SeenUse> uses = body.take();
            if (!uses.isEmpty()) {
                traffic.recorder().record(uses, category, request.at(), "", () -> {});
            }
        }
    }

    @Override
    CallOutcome ended(boolean whole) {
        Seen seen = reader == null ? null : reader.end(whole);
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
        if (seen == null || seen.end() == End.ERROR) {
            return CallOutcome.ERROR;
        }
        boolean untold = decoder != null && !decoder.isReadable();
        return whole && (untold || seen.end() == End.COMPLETE) ? CallOutcome.COMPLETE : CallOutcome.INCOMPLETE;
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
                                    UsageEvent.fitLabel(model),
                                    limit.name(),
                                    limit.limit(),
                                    limit.remaining(),
                                    limit.reset()),
                            request.at());
        }
    }
}
