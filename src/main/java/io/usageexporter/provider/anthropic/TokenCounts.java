package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.event.Amount;
import io.usageexporter.event.TokenKind;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/** The overlapping counts of one usage object, and the disjoint kinds that result from them. Absent means 0. */
final class TokenCounts {
    /** A field of the usage object. */
    enum Count {
        /** Input that was neither read from the cache nor written to it. */
        UNCACHED_INPUT,
        OUTPUT,
        CACHE_READ,
        /** All writes to the cache, with any time to live. */
        CACHE_WRITE,
        /** The part of {@link #CACHE_WRITE} with a time to live of five minutes. */
        CACHE_WRITE_5M,
        /** The part of {@link #CACHE_WRITE} with a time to live of one hour. */
        CACHE_WRITE_1H
    }

    /** The maximum of a count. */
    static final long MAX = Amount.MAX_MICROS / 1_000_000;

    private static final int MAX_TEXT = 40;

    /** Digits of {@link #MAX}. */
    private static final int MAX_DIGITS = 13;

    private final Map<Count, Long> counts = new EnumMap<>(Count.class);
    private boolean invalid;

    /** A whole number from 0 to {@link #MAX}, also in the notations {@code 12.0} and {@code 1.2e1}; else empty. */
    static OptionalLong parse(String number) {
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
        } catch (NumberFormatException e) { // not a number
            return OptionalLong.empty();
        }
    }

    void put(Count count, long tokens) {
        counts.put(count, tokens);
    }

    /** Puts a number, or a number as text. Absent and null are ignored; anything else is invalid. */
    void put(Count count, JsonNode number) {
        if (number.isMissingNode() || number.isNull()) {
            return;
        }
        OptionalLong tokens = number.isNumber() || number.isTextual() ? parse(number.asText()) : OptionalLong.empty();
        if (tokens.isPresent()) {
            put(count, tokens.getAsLong());
        } else {
            invalid = true;
        }
    }

    /** A count could not be read. */
    void setInvalid() {
        invalid = true;
    }

    /** Whether a count could not be read. */
    boolean hasInvalid() {
        return invalid;
    }

    /**
     * Raises each count to that of a later report of the same usage, if higher. Does not add, since reports are cumulative;
     * does not lower, since some providers repeat a count as 0.
     */
    void raiseTo(TokenCounts later) {
        later.counts.forEach((count, tokens) -> counts.merge(count, tokens, Math::max));
        invalid |= later.invalid;
    }

    /** All tokens. */
    long total() {
        long sum = 0;
        for (long tokens : byKind().values()) {
            sum += tokens;
        }
        return sum;
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Every kind, including zeros. Cache writes with an unknown time to live have the default, five minutes. */
    Map<TokenKind, Long> byKind() {
        long oneHour = of(Count.CACHE_WRITE_1H);
        long fiveMinutes = of(Count.CACHE_WRITE_5M);
        long unspecified = Math.max(0, of(Count.CACHE_WRITE) - oneHour - fiveMinutes);
        var kinds = new EnumMap<TokenKind, Long>(TokenKind.class);
        kinds.put(TokenKind.INPUT, of(Count.UNCACHED_INPUT));
        kinds.put(TokenKind.OUTPUT, of(Count.OUTPUT));
        kinds.put(TokenKind.CACHE_READ, of(Count.CACHE_READ));
        kinds.put(TokenKind.CACHE_WRITE_5M, fiveMinutes + unspecified);
        kinds.put(TokenKind.CACHE_WRITE_1H, oneHour);
        return kinds;
    }

    private long of(Count count) {
        return counts.getOrDefault(count, 0L);
    }
}
