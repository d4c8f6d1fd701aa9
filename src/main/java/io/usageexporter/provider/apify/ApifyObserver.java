package io.usageexporter.provider.apify;

import io.usageexporter.event.Measure;
import io.usageexporter.provider.AcceptEncodingPolicy;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.HttpFields;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.apify.ApifyOperation.Kind;
import io.usageexporter.provider.wire.ContentDecoder;
import io.usageexporter.provider.wire.PercentDecoder;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Observes a call of Apify's API. */
final class ApifyObserver implements ExchangeObserver {
    private static final String TOKEN = "token=";
    private static final int ERRORS_FROM = 400;
    private static final int TIMED_OUT = 408;

    private final GatewayContext context;
    private final ApifyOperation operation;
    private final ProviderProtocol.Request request;
    private final RunAttribution attribution;
    private int status;
    private @Nullable RunReader reader;
    private @Nullable ContentDecoder decoder;

    ApifyObserver(
            GatewayContext context,
            ApifyOperation operation,
            ProviderProtocol.Request request,
            RunAttribution attribution) {
        this.context = context;
        this.operation = operation;
        this.request = request;
        this.attribution = attribution;
    }

    @Override
    public boolean consumesQuota() {
        return operation.consumesQuota();
    }

    @Override
    public AcceptEncodingPolicy acceptEncoding() {
        boolean respondsWithRun = operation.kind() == Kind.START_RUN || operation.kind() == Kind.RUN;
        return respondsWithRun ? AcceptEncodingPolicy.GZIP_ONLY : AcceptEncodingPolicy.FORWARD;
    }

    @Override
    public void onResponseHead(int responded, HttpFields headers) {
        status = responded;
        if (acceptEncoding() == AcceptEncodingPolicy.GZIP_ONLY && status < ERRORS_FROM) {
            reader = new RunReader();
            decoder = ContentDecoder.of(headers.first("content-encoding"));
        }
    }

    @Override
    public void onResponseBody(ByteBuffer bytes) {
        if (reader != null && decoder != null) {
            decoder.read(bytes, reader::read);
        }
    }

    @Override
    public CallOutcome onComplete(boolean complete) {
        boolean isUnreadable = decoder != null && !decoder.isReadable();
        Run run = reader == null ? null : reader.finish(complete);
        if (decoder != null) {
            decoder.close();
        }
        if (run != null) {
            if (run.isTerminal()) {
                context.observed(Map.of(
                        ApifyIntegration.COMPUTE_UNITS,
                        run.computeUnits().units(),
                        Measure.USD,
                        run.usd().units(),
                        Measure.REQUESTS,
                        BigDecimal.ONE));
            }
            runs().onRun(run, attribution, authorization());
        }
        // The run continues even if either side aborts the call that waits for it.
        boolean started = status < ERRORS_FROM || status == TIMED_OUT;
        if (operation.kind() == Kind.SYNC_RUN && operation.actor() != null && started) {
            runs().onSyncCallEnded(new SyncCall(
                    operation.actor(), operation.isTask(), request.at(), attribution, authorization()));
        }
        if (operation.consumesQuota()) {
            context.released(request.consumer());
        }
        UnmeteredReason reason = reader == null ? null : unmetered(run, complete, isUnreadable);
        if (reason != null) {
            context.unmetered(reason, request.method(), request.path());
        }
        if (status == 0 || status >= ERRORS_FROM) {
            return CallOutcome.ERROR;
        }
        return complete ? CallOutcome.COMPLETE : CallOutcome.INCOMPLETE;
    }

    /** Why the usage of a call that responds with a run could not be read, or null. */
    private @Nullable UnmeteredReason unmetered(@Nullable Run run, boolean complete, boolean isUnreadable) {
        if (run != null) {
            return run.hasInvalidAmounts() ? UnmeteredReason.INVALID_AMOUNT : null;
        }
        if (!operation.consumesQuota() || status / 100 != 2) {
            return null;
        }
        if (isUnreadable) {
            return UnmeteredReason.UNREADABLE_ENCODING;
        }
        return complete ? UnmeteredReason.UNEXPECTED_BODY : UnmeteredReason.INCOMPLETE;
    }

    private RunListener runs() {
        return context.service() instanceof ApifyService service ? service : RunListener.NONE;
    }

    /** The caller's credential as the value of a header, also if it was in the query; a secret. */
    private @Nullable String authorization() {
        String header = request.headers().first("authorization");
        if (header != null) {
            return header;
        }
        for (String parameter : request.query().split("&", -1)) {
            if (parameter.startsWith(TOKEN)) {
                String encoded = parameter.substring(TOKEN.length());
                return "Bearer " + Objects.requireNonNullElse(PercentDecoder.decode(encoded), encoded);
            }
        }
        return null;
    }
}
