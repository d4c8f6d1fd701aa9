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

/** What is known so far of one answer of a model: a message, a completion, or their likes. */
final class MessageAccumulator {
    private static final Amount ONE = Amount.of(1);
    /** Types of the objects that models answer with. */
    private static final Set<String> TYPES = Set.of("message", "completion");

    private final UsageFormat shape;
    private final MessagesUsage usage = MessagesUsage.empty();
    private @Nullable String id;
    private String model = "";
    private boolean message;
    private @Nullable String error;

    MessageAccumulator(UsageFormat shape) {
        this.shape = shape;
    }

    /** Notes that a message has begun, whatever is known of it. */
    void begin() {
        message = true;
    }

    /** Takes over what this object says: its {@code id}, {@code model} and {@code usage}, as far as they are there. */
    void take(JsonNode object) {
        String newId = object.path("id").textValue();
        if (newId != null) {
            id = newId;
        }
        String newModel = Identifiers.model(object.path("model").textValue());
        if (!newModel.isEmpty()) {
            model = newModel;
        }
        message |= TYPES.contains(object.path("type").asText()) || (newId != null && !newModel.isEmpty());
        takeUsage(object.path("usage"));
    }

    /** Takes over what a usage object says. */
    void takeUsage(JsonNode newUsage) {
        if (newUsage.isObject()) {
            message = true;
            usage.raiseTo(shape.read(newUsage));
        }
    }

    /** Takes over what an error is called. */
    void fail(JsonNode answer) {
        String name = AnthropicErrors.name(answer);
        error = name == null ? AnthropicErrors.UNNAMED : name;
    }

    /** Whether what came so far is an answer of a model, or the begin of one; if not, it is no use. */
    boolean isMessage() {
        return message;
    }

    /** What was seen of it by now. */
    ResponseUsage seen(@Nullable String requestId, Completion end, boolean whole) {
        return new ResponseUsage(uses(Identifiers.id(requestId, id)), end, model(), error, unmetered(whole));
    }

    /**
     * Why its use is missing or incomplete, or null.
     *
     * @param whole whether the answer came to its own end
     */
    @Nullable
    UnmeteredReason unmetered(boolean whole) {
        if (!message && error != null) {
            return null; // an error uses nothing
        }
        if (usage.isOdd()) {
            return UnmeteredReason.INVALID_AMOUNT;
        }
        if (message && usage.isKnown()) {
            return null;
        }
        if (!whole || error != null) {
            return UnmeteredReason.INCOMPLETE;
        }
        return message ? UnmeteredReason.NO_USAGE : UnmeteredReason.UNEXPECTED_BODY;
    }

    /** What the error is called, or null. */
    @Nullable
    String error() {
        return error;
    }

    /** The id that the answer itself bears, or null. */
    @Nullable
    String id() {
        return id;
    }

    /** The model that answers, or null if it is not known. */
    @Nullable
    String model() {
        return model.isEmpty() ? null : model;
    }

    /**
     * The uses, one of each model. The request is that of the model that answers; others that it called in worked under
     * the same request, so their ids tell the model as well.
     *
     * @return none where this is no answer of a model
     */
    List<UsageRecord> uses(@Nullable String useId) {
        var uses = new ArrayList<UsageRecord>();
        if (!message) {
            return uses;
        }
        usage.byModel(model).forEach((worker, kinds) -> {
            Map<Measure, Amount> amounts = amounts(kinds);
            if (uses.isEmpty()) {
                amounts.put(Measure.of(Measure.REQUESTS), ONE);
                uses.add(new UsageRecord(useId, id, worker, Usage.of(amounts)));
            } else {
                uses.add(new UsageRecord(useId == null ? null : useId + "#" + worker, id, worker, Usage.of(amounts)));
            }
        });
        return uses;
    }

    private static Map<Measure, Amount> amounts(Map<TokenKind, Long> kinds) {
        var amounts = new HashMap<Measure, Amount>();
        kinds.forEach(
                (kind, tokens) -> amounts.put(Measure.tokens(kind), Amount.of(Math.min(tokens, TokenCounts.MAX))));
        return amounts;
    }
}
