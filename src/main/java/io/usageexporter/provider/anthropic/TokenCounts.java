package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

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

    private static final int MAX_TEXT = 40;

    /** Digits of {@link #MAX}. */
    private static final int MAX_DIGITS = 13;

    private final Map<Count, Long> counts = new EnumMap<>(Count.class);
    private boolean odd;

    /** A whole number from 0 to {@link #MAX}, also where it is written {@code 12.0} or {@code 1.2e1}; else empty. */
    static OptionalLong whole(String number) {
        if (number.isEmpty() || number.length() > MAX_TEXT) {
            return OptionalLong.empty();
        }
        try {
            BigDecimal value = new BigDecimal(number).stripTrailingZeros();
            boolean allowed = value.signum() >= 0
                    && value.scale() <= 0
                    && (long) value.precision() - value.scale() <= MAX_DIGITS
                    && value.longValueExact() <= MAX;
            return allowed ? OptionalLong.of(value.longValueExact()) : OptionalLong.empty();
        } catch (NumberFormatException e) { // which only says that this is no number
            return OptionalLong.empty();
        }
    }

    void put(Count count, long tokens) {
        counts.put(count, tokens);
    }

    /** Puts a number or its text. Absent and null are none; anything else that is not whole and allowed is odd. */
    void put(Count count, JsonNode number) {
        if (number.isMissingNode() || number.isNull()) {
            return;
        }
        OptionalLong tokens = number.isNumber() || number.isTextual() ? whole(number.asText()) : OptionalLong.empty();
        if (tokens.isPresent()) {
            put(count, tokens.getAsLong());
        } else {
            odd = true;
        }
    }

    /** Notes that something could not be read. */
    void setOdd() {
        odd = true;
    }

    /** Whether something could not be read. */
    boolean isOdd() {
        return odd;
    }

    /**
     * Takes over every count that a later report of the same use has and that is higher. Adds nothing, since reports are
     * cumulative; lowers nothing, since some providers repeat a count as 0.
     */
    void raiseTo(TokenCounts later) {
        later.counts.forEach((count, tokens) -> counts.merge(count, tokens, Math::max));
        odd |= later.odd;
    }

    /** All tokens. */
    long total() {
        return byKind().values().stream().mapToLong(Long::longValue).sum();
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
