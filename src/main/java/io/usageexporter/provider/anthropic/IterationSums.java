package io.usageexporter.provider.anthropic;

import io.usageexporter.event.TokenKind;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The entries of {@code iterations}, summed by model; the empty name stands for the model of the response. */
final class IterationSums {
    private static final String COMPACTION = "compaction";
    private static final String ADVISOR = "advisor_message";

    private final Map<String, Map<TokenKind, Long>> all = new LinkedHashMap<>();
    private final Map<String, Map<TokenKind, Long>> notInTopLevel = new LinkedHashMap<>();

    /** Adds an entry. A compaction is always attributed to the model of the response. */
    void add(String type, String model, Map<TokenKind, Long> kinds) {
        String worker = type.equals(COMPACTION) ? "" : model;
        sum(all, worker, kinds);
        if (type.equals(COMPACTION) || type.equals(ADVISOR)) {
            sum(notInTopLevel, worker, kinds);
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    Map<String, Map<TokenKind, Long>> all() {
        return all;
    }

    /** All tokens. */
    long total() {
        return total(all);
    }

    /** Tokens that the top-level counts include as well. */
    long totalOfTopLevel() {
        return total(all) - total(notInTopLevel);
    }

    private static long total(Map<String, Map<TokenKind, Long>> sums) {
        return sums.values().stream()
                .flatMap(kinds -> kinds.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** The part that the top-level counts lack. */
    Map<String, Map<TokenKind, Long>> notInTopLevel() {
        return notInTopLevel;
    }

    static void sum(Map<String, Map<TokenKind, Long>> sums, String model, Map<TokenKind, Long> kinds) {
        Map<TokenKind, Long> ofModel = sums.computeIfAbsent(model, absent -> new EnumMap<>(TokenKind.class));
        kinds.forEach((kind, tokens) -> ofModel.merge(kind, tokens, Long::sum));
    }
}
