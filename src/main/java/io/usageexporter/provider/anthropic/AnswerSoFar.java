package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import io.usageexporter.event.Measure;
import io.usageexporter.event.TokenKind;
import io.usageexporter.event.Usage;
import io.usageexporter.provider.SeenUse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known so far of one answer of a model: a message, a completion, or their likes. */
final class AnswerSoFar {
    private static final Amount ONE = Amount.of(1);

    private final UsageShape shape;
    private final MessagesUsage usage = MessagesUsage.untold();
    private @Nullable String id;
    private String model = "";
    private @Nullable String error;

    AnswerSoFar(UsageShape shape) {
        this.shape = shape;
    }

    /** Takes over what this object says: its {@code id}, {@code model} and {@code usage}, as far as they are there. */
    void overwriteWith(JsonNode message) {
        String newId = message.path("id").textValue();
        if (newId != null) {
            id = newId;
        }
        String newModel = Names.model(message.path("model").textValue());
        if (!newModel.isEmpty()) {
            model = newModel;
        }
        overwriteUsageWith(message.path("usage"));
    }

    /** Takes over what a usage object says. */
    void overwriteUsageWith(JsonNode newUsage) {
        if (newUsage.isObject()) {
            usage.overwriteWith(shape.read(newUsage));
        }
    }

    /** Takes over what an error is called. */
    void fail(JsonNode answer) {
        error = AnthropicErrors.name(answer);
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
     */
    List<SeenUse> uses(@Nullable String useId) {
        var uses = new ArrayList<SeenUse>();
        usage.byModel(model).forEach((worker, kinds) -> {
            Map<Measure, Amount> amounts = amounts(kinds);
            if (uses.isEmpty()) {
                amounts.put(Measure.of(Measure.REQUESTS), ONE);
                uses.add(new SeenUse(useId, worker, Usage.of(amounts)));
            } else {
                uses.add(new SeenUse(useId == null ? null : useId + "#" + worker, worker, Usage.of(amounts)));
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
