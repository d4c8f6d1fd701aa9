package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Accumulates what is known about one response of a model: a message, a completion, or the like. */
final class MessageAccumulator {
    private static final Amount ONE = Amount.of(1);
    /** Types of the objects that are responses of models. */
    private static final Set<String> TYPES = Set.of("message", "completion");

    private final UsageFormat format;
    private final MessagesUsage usage = MessagesUsage.empty();
    private @Nullable String id;
    private String model = "";
    private boolean isMessage;
    private @Nullable String error;

    MessageAccumulator(UsageFormat format) {
        this.format = format;
    }

    /** A message has begun, even if nothing else is known about it. */
    void begin() {
        isMessage = true;
    }

    /** Merges the {@code id}, {@code model} and {@code usage} of an object, if present. */
    void merge(JsonNode object) {
        String newId = object.path("id").textValue();
        if (newId != null) {
            id = newId;
        }
        String newModel = Identifiers.model(object.path("model").textValue());
        if (!newModel.isEmpty()) {
            model = newModel;
        }
        isMessage |= TYPES.contains(object.path("type").asText()) || (newId != null && !newModel.isEmpty());
        mergeUsage(object.path("usage"));
    }

    /** Merges a usage object. */
    void mergeUsage(JsonNode newUsage) {
        if (newUsage.isObject()) {
            isMessage = true;
            usage.raiseTo(format.read(newUsage));
        }
    }

    /** The response is an error. */
    void fail(JsonNode response) {
        String name = AnthropicErrors.name(response);
        error = name == null ? AnthropicErrors.UNNAMED : name;
    }

    /** Whether this is a response of a model, or the beginning of one; if not, it has no usage. */
    boolean isMessage() {
        return isMessage;
    }

    /** The usage so far. */
    ResponseUsage result(@Nullable String requestId, Completion completion, boolean complete) {
        return new ResponseUsage(
                records(Identifiers.id(requestId, id)), completion, model(), error, unmetered(complete));
    }

    /**
     * Why the usage is missing or incomplete, or null.
     *
     * @param complete whether the response is complete
     */
    @Nullable
    UnmeteredReason unmetered(boolean complete) {
        if (!isMessage && error != null) {
            return null; // errors use nothing
        }
        if (usage.hasInvalidCount()) {
            return UnmeteredReason.INVALID_AMOUNT;
        }
        if (isMessage && usage.isKnown()) {
            return null;
        }
        if (!complete || error != null) {
            return UnmeteredReason.INCOMPLETE;
        }
        return isMessage ? UnmeteredReason.NO_USAGE : UnmeteredReason.UNEXPECTED_BODY;
    }

    /** The name of the error, or null. */
    @Nullable
    String error() {
        return error;
    }

    /** The response's own id, or null. */
    @Nullable
    String id() {
        return id;
    }

    /** The model that responds, or null if unknown. */
    @Nullable
    String model() {
        return model.isEmpty() ? null : model;
    }

    /**
     * The usage, one record per model. The model that responds counts the request and its web searches; the ids of models
     * that it called, under the same request, have the model as a suffix.
     *
     * @return empty if this is not a response of a model
     */
    List<UsageRecord> records(@Nullable String recordId) {
        var records = new ArrayList<UsageRecord>();
        if (!isMessage) {
            return records;
        }
        usage.byModel(model).forEach((worker, kinds) -> {
            Map<Measure, Amount> amounts = amounts(kinds);
            if (records.isEmpty()) {
                amounts.put(Measure.of(Measure.REQUESTS), ONE);
                amounts.put(Measure.of(Measure.WEB_SEARCHES), Amount.of(usage.webSearches()));
                records.add(new UsageRecord(recordId, id, worker, usage.terms().pricing(), Usage.of(amounts)));
            } else {
                records.add(new UsageRecord(
                        recordId == null ? null : recordId + "#" + worker,
                        id,
                        worker,
                        usage.terms().pricingOfOthers(),
                        Usage.of(amounts)));
            }
        });
        return records;
    }

    private static Map<Measure, Amount> amounts(Map<TokenKind, Long> kinds) {
        var amounts = new HashMap<Measure, Amount>();
        kinds.forEach(
                (kind, tokens) -> amounts.put(Measure.tokens(kind), Amount.of(Math.min(tokens, TokenCounts.MAX))));
        return amounts;
    }
}
