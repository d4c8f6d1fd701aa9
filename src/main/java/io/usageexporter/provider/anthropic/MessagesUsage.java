package io.usageexporter.provider.anthropic;

import io.usageexporter.event.TokenKind;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code usage} object of a response of the Messages API, whose {@code input_tokens} are those neither read from the
 * cache nor written to it. Absent and null are the same as 0, and fields that it does not know are ignored, as Anthropic
 * asks. If the beta field {@code iterations} is a non-empty array, its entries are summed and the top level is not,
 * since that lacks compaction and advisor tokens.
 */
final class MessagesUsage {
    private final TokenCounts counts;
    private IterationSums iterations;
    private boolean iterationsOutdated;

    MessagesUsage(TokenCounts counts, IterationSums iterations) {
        this.counts = counts;
        this.iterations = iterations;
    }

    /** Of a response that reports no usage. */
    static MessagesUsage empty() {
        return new MessagesUsage(new TokenCounts(), new IterationSums());
    }

    /**
     * Takes over a later report of the same usage; what that does not report stays as it is, and no figure falls.
     */
    void raiseTo(MessagesUsage later) {
        long before = counts.total();
        counts.raiseTo(later.counts);
        if (!later.iterations.isEmpty() && later.iterations.total() >= iterations.total()) {
            iterations = later.iterations;
            iterationsOutdated = iterations.totalOfTopLevel() < before;
        } else if (!later.counts.isEmpty()) {
            iterationsOutdated = true;
        }
    }

    /** Whether it reports anything. */
    boolean isKnown() {
        return !counts.isEmpty() || !iterations.isEmpty();
    }

    /** Whether something of it could not be read. */
    boolean isOdd() {
        return counts.isOdd();
    }

    /** Tokens of each model: of the one that responded first, even if they are 0, then of those that it called in. */
    Map<String, Map<TokenKind, Long>> byModel(String answering) {
        var byModel = new LinkedHashMap<String, Map<TokenKind, Long>>();
        byModel.put(answering, new EnumMap<>(TokenKind.class));
        if (iterations.isEmpty() || iterationsOutdated) {
            IterationSums.sum(byModel, answering, counts.byKind());
        }
        (iterationsOutdated ? iterations.notInTopLevel() : iterations.all())
                .forEach((model, kinds) -> IterationSums.sum(byModel, model.isEmpty() ? answering : model, kinds));
        return byModel;
    }
}
