package io.usageexporter.provider.anthropic;

import io.usageexporter.event.TokenKind;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code usage} object of the Messages API. Its {@code input_tokens} exclude those read from the cache or written to it.
 * Absent and null mean 0, and unknown fields are ignored, as Anthropic asks. If the beta field {@code iterations} is a
 * non-empty array, its entries are summed instead of the top level, which lacks compaction and advisor tokens.
 */
final class MessagesUsage {
    private final TokenCounts counts;
    private ServiceTerms terms;
    private long webSearches;
    private IterationSums iterations;
    private boolean iterationsOutdated;

    MessagesUsage(TokenCounts counts, IterationSums iterations, ServiceTerms terms, long webSearches) {
        this.counts = counts;
        this.iterations = iterations;
        this.terms = terms;
        this.webSearches = webSearches;
    }

    /** For a response that reports no usage. */
    static MessagesUsage empty() {
        return new MessagesUsage(new TokenCounts(), new IterationSums(), ServiceTerms.UNKNOWN, 0);
    }

    /**
     * Merges a later report of the same usage. What it lacks stays, and no count decreases.
     */
    void raiseTo(MessagesUsage later) {
        terms = later.terms.after(terms);
        webSearches = Math.max(webSearches, later.webSearches);
        long before = counts.total();
        counts.raiseTo(later.counts);
        if (!later.iterations.isEmpty() && later.iterations.total() >= iterations.total()) {
            iterations = later.iterations;
            iterationsOutdated = iterations.totalOfTopLevel() < before;
        } else if (!later.counts.isEmpty()) {
            iterationsOutdated = true;
        }
    }

    /** Whether anything is reported. */
    boolean isKnown() {
        return !counts.isEmpty() || !iterations.isEmpty();
    }

    /** Whether a count could not be read. */
    boolean hasInvalidCount() {
        return counts.hasInvalid();
    }

    /** How the request was served. */
    ServiceTerms terms() {
        return terms;
    }

    /** How often the server searched the web. */
    long webSearches() {
        return webSearches;
    }

    /** Tokens by model: first the model that responded, even if they are 0, then the models that it called. */
    Map<String, Map<TokenKind, Long>> byModel(String responding) {
        var byModel = new LinkedHashMap<String, Map<TokenKind, Long>>();
        byModel.put(responding, new EnumMap<>(TokenKind.class));
        if (iterations.isEmpty() || iterationsOutdated) {
            IterationSums.sum(byModel, responding, counts.byKind());
        }
        (iterationsOutdated ? iterations.notInTopLevel() : iterations.all())
                .forEach((model, kinds) -> IterationSums.sum(byModel, model.isEmpty() ? responding : model, kinds));
        return byModel;
    }
}
