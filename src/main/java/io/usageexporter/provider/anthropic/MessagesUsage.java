package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.TokenKind;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code usage} object of an answer of the Messages API, whose {@code input_tokens} are those neither read from the
 * cache nor written to it. Absent and null are the same as 0, and fields that it does not know are ignored, as Anthropic
 * asks. If the beta field {@code iterations} is a non-empty array, its entries are summed and the top level is not,
 * since that lacks compaction and advisor tokens.
 */
public final class MessagesUsage {
    /** The field by which this shape is known. */
    public static final String MARK = UsageParser.UNCACHED_INPUT;

    private final TokenCounts counts;
    private IterationSums iterations;
    private boolean iterationsOutdated;

    MessagesUsage(TokenCounts counts, IterationSums iterations) {
        this.counts = counts;
        this.iterations = iterations;
    }

    /** Of an answer that says nothing of its use. */
    static MessagesUsage untold() {
        return new MessagesUsage(new TokenCounts(), new IterationSums());
    }

    /**
     * Reads the object that begins at the parser's current token, up to its end.
     *
     * @return tokens by kind, also those of 0
     * @throws InvalidEventException when a count is not a whole number from 0 to 10^12, or given twice; names the field
     */
    public static Map<TokenKind, Amount> read(JsonParser parser) throws IOException {
        var amounts = new EnumMap<TokenKind, Amount>(TokenKind.class);
        MessagesUsage posted = new UsageParser(parser, UsageParser.Origin.POSTED).read();
        posted.byModel("")
                .values()
                .forEach(kinds -> kinds.forEach((kind, count) -> {
                    try {
                        amounts.put(kind, Amount.of(count));
                    } catch (InvalidEventException e) {
                        throw new InvalidEventException(
                                "usage: the sum of " + kind.label() + " tokens " + e.getMessage());
                    }
                }));
        return amounts;
    }

    /**
     * Takes over what a later report of the same use says; what that does not say stays as it is, and no figure falls.
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

    /** Tokens of each model: of that which answered first, even if they are 0, then of those that it called in. */
    Map<String, Map<TokenKind, Long>> byModel(String answering) {
        var byModel = new LinkedHashMap<String, Map<TokenKind, Long>>();
        byModel.put(answering, new EnumMap<>(TokenKind.class));
        if (iterations.isEmpty() || iterationsOutdated) {
            IterationSums.sum(byModel, answering, counts.byKind());
        }
        (iterationsOutdated ? iterations.besideTopLevel() : iterations.all())
                .forEach((model, kinds) -> IterationSums.sum(byModel, model.isEmpty() ? answering : model, kinds));
        return byModel;
    }
}
