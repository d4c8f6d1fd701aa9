package io.usageexporter.provider.json;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.Measure;
import io.usageexporter.event.Usage;
import io.usageexporter.provider.AcceptEncodingPolicy;
import io.usageexporter.provider.Attribution;
import io.usageexporter.provider.CallOutcome;
import io.usageexporter.provider.ExchangeObserver;
import io.usageexporter.provider.GatewayContext;
import io.usageexporter.provider.HttpFields;
import io.usageexporter.provider.ProviderProtocol;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageRecord;
import io.usageexporter.provider.wire.ContentDecoder;
import io.usageexporter.provider.wire.JsonProjector;
import io.usageexporter.provider.wire.LenientJson;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Observes a call of a JSON API. Every successful response is usage. */
final class JsonObserver implements ExchangeObserver {
    private static final Set<String> WITHOUT_USAGE = Set.of("HEAD", "OPTIONS");

    private final GatewayContext context;
    private final UsageRules rules;
    private final ProviderProtocol.Request request;
    private final Attribution attribution;
    private final JsonProjector projector;
    private int status;
    private @Nullable ContentDecoder decoder;

    JsonObserver(GatewayContext context, UsageRules rules, ProviderProtocol.Request request) {
        this.context = context;
        this.rules = rules;
        this.request = request;
        this.attribution = request.attribution(context.category());
        this.projector = new JsonProjector(rules.fields());
    }

    @Override
    public boolean consumesQuota() {
        return !WITHOUT_USAGE.contains(request.method());
    }

    @Override
    public AcceptEncodingPolicy acceptEncoding() {
        return consumesQuota() && !rules.pointers().isEmpty()
                ? AcceptEncodingPolicy.GZIP_ONLY
                : AcceptEncodingPolicy.FORWARD;
    }

    @Override
    public void onResponseHead(int responded, HttpFields headers) {
        status = responded;
        decoder = ContentDecoder.of(headers.first("content-encoding"));
    }

    @Override
    public void onResponseBody(ByteBuffer bytes) {
        if (decoder != null && isSuccess()) {
            decoder.read(bytes, projector::read);
        }
    }

    private boolean isSuccess() {
        return status / 100 == 2;
    }

    @Override
    public CallOutcome onComplete(boolean complete) {
        boolean isReadable = decoder == null || decoder.isReadable();
        if (decoder != null) {
            decoder.close();
        }
        if (consumesQuota()) {
            record(isSuccess() ? amounts(complete, isReadable) : Map.of());
        }
        if (status == 0 || status >= 400) {
            return CallOutcome.ERROR;
        }
        return complete ? CallOutcome.COMPLETE : CallOutcome.INCOMPLETE;
    }

    private void record(Map<Measure, Amount> amounts) {
        List<UsageRecord> usages =
                amounts.isEmpty() ? List.of() : List.of(new UsageRecord(null, null, "", Usage.of(amounts)));
        context.record(usages, attribution, request.at(), "", true);
    }

    private Map<Measure, Amount> amounts(boolean complete, boolean isReadable) {
        if (rules.pointers().isEmpty()) {
            return rules.constants();
        }
        if (!isReadable) {
            unmetered(UnmeteredReason.UNREADABLE_ENCODING);
            return rules.constants();
        }
        if (complete && !projector.isClosed()) {
            unmetered(UnmeteredReason.UNEXPECTED_BODY);
            return Map.of();
        }
        byte[] kept = projector.kept();
        JsonNode response = LenientJson.read(kept, kept.length);
        var amounts = new HashMap<>(rules.constants());
        boolean isMissing = false;
        boolean isInvalid = false;
        for (Map.Entry<Measure, JsonPointer> rule : rules.pointers().entrySet()) {
            JsonNode value = response.at(rule.getValue());
            Amount amount = amount(value);
            if (amount != null) {
                amounts.put(rule.getKey(), amount);
            }
            boolean isAbsent = value.isMissingNode() || value.isNull();
            isMissing |= isAbsent;
            isInvalid |= amount == null && !isAbsent;
        }
        if (isInvalid) {
            unmetered(UnmeteredReason.INVALID_AMOUNT);
        } else if (isMissing) {
            unmetered(complete ? UnmeteredReason.NO_USAGE : UnmeteredReason.INCOMPLETE);
        }
        return amounts;
    }

    private void unmetered(UnmeteredReason reason) {
        context.unmetered(reason, request.method(), request.path());
    }

    /** Null if the value is not an amount. */
    private static @Nullable Amount amount(JsonNode value) {
        try {
            if (value.isNumber()) {
                return Amount.of(value.decimalValue());
            }
            return value.isTextual() ? Amount.of(new BigDecimal(value.textValue())) : null;
        } catch (NumberFormatException | InvalidEventException e) { // not an amount
            return null;
        }
    }
}
