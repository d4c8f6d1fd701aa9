package io.usageexporter.provider.apify;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.usageexporter.provider.AcceptEncodingPolicy;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.apify.ApifyOperation.Kind;
import io.usageexporter.provider.wire.ContentDecoder;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Watches a call of Apify's API. */
final class ApifyObserver extends ExchangeObserver {
    private static final String TOKEN = "token=";
    private static final int ERRORS_FROM = 400;
    private static final int TIMED_OUT = 408;

    private final ApifyProtocol traffic;
    private final ApifyOperation call;
    private final ProviderProtocol.Request request;
    private final @Nullable String category;
    private int status;
    private @Nullable RunReader reader;
    private @Nullable ContentDecoder decoder;

    ApifyObserver(
            ApifyProtocol traffic, ApifyOperation call, ProviderProtocol.Request request, @Nullable String category) {
        this.traffic = traffic;
        this.call = call;
        this.request = request;
        this.category = category;
    }

    @Override
    public boolean spends() {
        return call.spends();
    }

    @Override
    public AcceptEncodingPolicy encodings() {
        boolean tellsOfRun = call.kind() == Kind.START_RUN || call.kind() == Kind.RUN;
        return tellsOfRun ? AcceptEncodingPolicy.READABLE : AcceptEncodingPolicy.ANY;
    }

    @Override
    public void answered(int answered, HeaderMap headers) {
        status = answered;
        if (encodings() == AcceptEncodingPolicy.READABLE && status < ERRORS_FROM) {
            reader = new RunReader();
            decoder = ContentDecoder.of(headers.getFirst(Headers.CONTENT_ENCODING), "apify");
        }
    }

    @Override
    public void answer(ByteBuffer bytes) {
        if (reader != null && decoder != null) {
            decoder.read(bytes, reader::read);
        }
    }

    @Override
    public CallOutcome ended(boolean whole) {
        boolean isUnreadable = decoder != null && !decoder.isReadable();
        Run run = reader == null ? null : reader.end(whole);
        if (decoder != null) {
            decoder.close();
        }
        if (run != null) {
            if (run.isTerminal()) {
                traffic.admission()
                        .learn(Map.of("compute_units", run.computeUnits().units(), "requests", BigDecimal.ONE));
            }
            traffic.sightings().get().seen(run, category, authorization());
        }
        // A run goes on after the call that waited for it was given up, by either side.
        boolean started = status < ERRORS_FROM || status == TIMED_OUT;
        if (call.kind() == Kind.SYNC_RUN && call.actor() != null && started) {
            traffic.sightings().get().syncEnded(call.actor(), call.isTask(), request.at(), category, authorization());
        }
        if (call.spends()) {
            traffic.admission().counted();
        }
        UnmeteredReason reason = reader == null ? null : unmetered(run, whole, isUnreadable);
        if (reason != null) {
            traffic.unmetered().add(reason, request.method(), request.path());
        }
        if (status == 0 || status >= ERRORS_FROM) {
            return CallOutcome.ERROR;
        }
        return whole ? CallOutcome.COMPLETE : CallOutcome.INCOMPLETE;
    }

    /** Why the use of a call that was answered with a run could not be read, or null. */
    private @Nullable UnmeteredReason unmetered(@Nullable Run run, boolean whole, boolean isUnreadable) {
        if (run != null) {
            return run.unitsAreOdd() ? UnmeteredReason.INVALID_AMOUNT : null;
        }
        if (!call.spends() || status / 100 != 2) {
            return null;
        }
        if (isUnreadable) {
            return UnmeteredReason.UNREADABLE_ENCODING;
        }
        return whole ? UnmeteredReason.UNEXPECTED_BODY : UnmeteredReason.INCOMPLETE;
    }

    /** The caller's own, as a header, wherever it stood; a secret. */
    private @Nullable String authorization() {
        String header = request.headers().getFirst(Headers.AUTHORIZATION);
        if (header != null) {
            return header;
        }
        for (String parameter : request.query().split("&", -1)) {
            if (parameter.startsWith(TOKEN)) {
                return "Bearer " + decoded(parameter.substring(TOKEN.length()));
            }
        }
        return null;
    }

    private static String decoded(String token) {
        try {
            return URLDecoder.decode(token, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) { // a percent sign that is one
            return token;
        }
    }
}
