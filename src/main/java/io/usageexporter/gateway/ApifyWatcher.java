package io.usageexporter.gateway;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.usageexporter.provider.Unmetered;
import io.usageexporter.provider.apify.ApifyCall;
import io.usageexporter.provider.apify.ApifyCall.Kind;
import io.usageexporter.provider.apify.Run;
import io.usageexporter.provider.apify.RunReader;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Watches a call of Apify's API. */
final class ApifyWatcher extends Watcher {
    private static final String TOKEN = "token=";
    private static final int ERRORS_FROM = 400;
    private static final int TIMED_OUT = 408;

    private final ApifyTraffic traffic;
    private final ApifyCall call;
    private final Traffic.Request request;
    private final @Nullable String category;
    private int status;
    private @Nullable RunReader reader;
    private @Nullable BodyDecoder decoder;

    ApifyWatcher(ApifyTraffic traffic, ApifyCall call, Traffic.Request request, @Nullable String category) {
        this.traffic = traffic;
        this.call = call;
        this.request = request;
        this.category = category;
    }

    @Override
    boolean spends() {
        return call.spends();
    }

    @Override
    Encodings encodings() {
        boolean tellsOfRun = call.kind() == Kind.START_RUN || call.kind() == Kind.RUN;
        return tellsOfRun ? Encodings.READABLE : Encodings.ANY;
    }

    @Override
    void answered(int answered, HeaderMap headers) {
        status = answered;
        if (encodings() == Encodings.READABLE && status < ERRORS_FROM) {
            reader = new RunReader();
            decoder = BodyDecoder.of(headers.getFirst(Headers.CONTENT_ENCODING), "apify");
        }
    }

    @Override
    void answer(ByteBuffer bytes) {
        if (reader != null && decoder != null) {
            decoder.read(bytes, reader::read);
        }
    }

    @Override
    CallOutcome ended(boolean whole) {
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
        Unmetered reason = reader == null ? null : unmetered(run, whole, isUnreadable);
        if (reason != null) {
            traffic.unmetered().add(reason, request.method(), request.path());
        }
        if (status == 0 || status >= ERRORS_FROM) {
            return CallOutcome.ERROR;
        }
        return whole ? CallOutcome.COMPLETE : CallOutcome.INCOMPLETE;
    }

    /** Why the use of a call that was answered with a run could not be read, or null. */
    private @Nullable Unmetered unmetered(@Nullable Run run, boolean whole, boolean isUnreadable) {
        if (run != null) {
            return run.unitsAreOdd() ? Unmetered.INVALID_AMOUNT : null;
        }
        if (!call.spends() || status / 100 != 2) {
            return null;
        }
        if (isUnreadable) {
            return Unmetered.UNREADABLE_ENCODING;
        }
        return whole ? Unmetered.UNEXPECTED_BODY : Unmetered.INCOMPLETE;
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
