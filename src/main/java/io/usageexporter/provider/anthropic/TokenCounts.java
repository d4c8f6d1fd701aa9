package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import io.usageexporter.event.TokenKind;
import java.util.EnumMap;
import java.util.Map;

/** The counts of one usage object, which overlap, and the disjoint kinds that they come to. Absent is the same as 0. */
final class TokenCounts {
    /** What is counted. */
    enum Count {
        /** Input that was neither read from the cache nor written to it. */
        UNCACHED_INPUT,
        OUTPUT,
        CACHE_READ,
        /** All writes to the cache, whatever their time to live. */
        CACHE_WRITE,
        /** The part of {@link #CACHE_WRITE} that lives five minutes. */
        CACHE_WRITE_5M,
        /** The part of {@link #CACHE_WRITE} that lives an hour. */
        CACHE_WRITE_1H
    }

    /** The most that a count may be. */
    static final long MAX = Amount.MAX_MICROS / 1_000_000;

    /** Digits of {@link #MAX}. */
    static final int MAX_DIGITS = 13;

    private final Map<Count, Long> counts = new EnumMap<>(Count.class);

    static boolean isAllowed(long tokens) {
        return tokens >= 0 && tokens <= MAX;
    }

    void put(Count count, long tokens) {
        counts.put(count, tokens);
    }

    /** Puts a number that is whole and allowed; anything else counts as absent. */
    void putIfWhole(Count count, JsonNode number) {
        if (number.isIntegralNumber() && number.canConvertToLong() && isAllowed(number.longValue())) {
            put(count, number.longValue());
        }
    }

    /** Takes over every count that a later report of the same use has; adds nothing, since reports are cumulative. */
    void overwriteWith(TokenCounts later) {
        counts.putAll(later.counts);
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Every kind, also those of 0. Writes to the cache whose time to live is not told have the default, five minutes. */
    Map<TokenKind, Long> byKind() {
        long oneHour = of(Count.CACHE_WRITE_1H);
        long fiveMinutes = of(Count.CACHE_WRITE_5M);
        long untold = Math.max(0, of(Count.CACHE_WRITE) - oneHour - fiveMinutes);
        var kinds = new EnumMap<TokenKind, Long>(TokenKind.class);
        kinds.put(TokenKind.INPUT, of(Count.UNCACHED_INPUT));
        kinds.put(TokenKind.OUTPUT, of(Count.OUTPUT));
        kinds.put(TokenKind.CACHE_READ, of(Count.CACHE_READ));
        kinds.put(TokenKind.CACHE_WRITE_5M, fiveMinutes + untold);
        kinds.put(TokenKind.CACHE_WRITE_1H, oneHour);
        return kinds;
    }

    private long of(Count count) {
        return counts.getOrDefault(count, 0L);
    }
}
