package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.event.Amount;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.event.TokenKind;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code usage} object of an answer of the Messages API, whose {@code input_tokens} are those neither read from the
 * cache nor written to it. Absent and null are the same as 0, and fields that it does not know are ignored, as Anthropic
 * asks. If the beta field {@code iterations} is a non-empty array, its entries are summed and the top level is not,
 * since that lacks compaction and advisor tokens.
 */
public final class MessagesUsage {
    /** The field by which this shape is known. */
    public static final String MARK = "input_tokens";

    private final Set<String> seen = new HashSet<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<TokenKind, Long> iterations = new EnumMap<>(TokenKind.class);
    private boolean iterated;

    private MessagesUsage() {}

    /**
     * Reads the object that begins at the parser's current token, up to its end.
     *
     * @return tokens by kind, also those of 0
     * @throws InvalidEventException when a count is not a whole number from 0 to 10^12, or given twice; names the field
     */
    public static Map<TokenKind, Amount> read(JsonParser parser) throws IOException {
        return new MessagesUsage().readObject(parser).amounts();
    }

    private MessagesUsage readObject(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case MARK, "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens" ->
                    count(name, parser, value);
                case "cache_creation" -> readCacheCreation(parser, value);
                case "iterations" -> readIterations(parser, value);
                default -> parser.skipChildren();
            }
        }
        return this;
    }

    private void once(String name) {
        if (!seen.add(name)) {
            throw new InvalidEventException("usage." + name + " is given twice");
        }
    }

    private void readCacheCreation(JsonParser parser, @Nullable JsonToken value) throws IOException {
        once("cache_creation");
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_OBJECT) {
            throw new InvalidEventException("usage.cache_creation must be an object or null");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken count = parser.nextToken();
            if (name.equals("ephemeral_5m_input_tokens") || name.equals("ephemeral_1h_input_tokens")) {
                count(name, parser, count);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readIterations(JsonParser parser, @Nullable JsonToken value) throws IOException {
        once("iterations");
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            throw new InvalidEventException("usage.iterations must be an array or null");
        }
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            iterated = true;
            new MessagesUsage()
                    .readObject(parser)
                    .topLevel()
                    .forEach((kind, n) -> iterations.merge(kind, n, Long::sum));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
            throw new InvalidEventException("usage.iterations must hold objects");
        }
    }

    private void count(String name, JsonParser parser, @Nullable JsonToken value) throws IOException {
        once(name);
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                || parser.getLongValue() < 0
                || parser.getLongValue() > Amount.MAX_MICROS / 1_000_000) {
            throw new InvalidEventException("usage." + name + " must be a whole number from 0 to 10^12, or null");
        }
        counts.put(name, parser.getLongValue());
    }

    private Map<TokenKind, Amount> amounts() {
        var amounts = new EnumMap<TokenKind, Amount>(TokenKind.class);
        (iterated ? iterations : topLevel()).forEach((kind, count) -> {
            try {
                amounts.put(kind, Amount.of(count));
            } catch (InvalidEventException e) {
                throw new InvalidEventException("usage: the sum of " + kind.label() + " tokens " + e.getMessage());
            }
        });
        return amounts;
    }

    /** Writes to the cache whose time to live is not told have the default one, five minutes. */
    private Map<TokenKind, Long> topLevel() {
        long oneHour = counted("ephemeral_1h_input_tokens");
        long fiveMinutes = counted("ephemeral_5m_input_tokens");
        long untold = Math.max(0, counted("cache_creation_input_tokens") - oneHour - fiveMinutes);
        var kinds = new EnumMap<TokenKind, Long>(TokenKind.class);
        kinds.put(TokenKind.INPUT, counted(MARK));
        kinds.put(TokenKind.OUTPUT, counted("output_tokens"));
        kinds.put(TokenKind.CACHE_READ, counted("cache_read_input_tokens"));
        kinds.put(TokenKind.CACHE_WRITE_5M, fiveMinutes + untold);
        kinds.put(TokenKind.CACHE_WRITE_1H, oneHour);
        return kinds;
    }

    private long counted(String name) {
        return counts.getOrDefault(name, 0L);
    }
}
