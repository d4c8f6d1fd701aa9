package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.usageexporter.event.InvalidEventException;
import io.usageexporter.provider.anthropic.TokenCounts.Count;
import java.io.IOException;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one usage object of the Messages API, or one entry of its {@code iterations}. */
final class UsageParser {
    static final String UNCACHED_INPUT = "input_tokens";

    /** Where the object is from, which decides on what is odd in it. */
    enum Mode {
        /** From a sender, who is told of a fault by an {@link InvalidEventException}. Models are not told apart. */
        STRICT,
        /** From the provider: what is odd is left out and noted, and of a field that is given twice the last counts. */
        LENIENT
    }

    private final JsonParser parser;
    private final Mode origin;
    private final Set<String> seen = new HashSet<>();
    private final TokenCounts counts = new TokenCounts();
    private IterationSums iterations = new IterationSums();
    private String type = "";
    private String model = "";

    UsageParser(JsonParser parser, Mode origin) {
        this.parser = parser;
        this.origin = origin;
    }

    /** Reads the object that begins at the parser's current token, up to its end. */
    MessagesUsage read() throws IOException {
        readObject();
        return new MessagesUsage(counts, iterations);
    }

    private void readObject() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case UNCACHED_INPUT -> count(Count.UNCACHED_INPUT, name, value);
                case "output_tokens" -> count(Count.OUTPUT, name, value);
                case "cache_creation_input_tokens" -> count(Count.CACHE_WRITE, name, value);
                case "cache_read_input_tokens" -> count(Count.CACHE_READ, name, value);
                case "cache_creation" -> readCacheCreation(value);
                case "iterations" -> readIterations(value);
                case "type" -> type = text(value);
                case "model" -> model = Identifiers.model(text(value));
                default -> parser.skipChildren();
            }
        }
    }

    private void readCacheCreation(@Nullable JsonToken value) throws IOException {
        once("cache_creation");
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_OBJECT) {
            odd("usage.cache_creation must be an object or null");
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken count = parser.nextToken();
            switch (name) {
                case "ephemeral_5m_input_tokens" -> count(Count.CACHE_WRITE_5M, name, count);
                case "ephemeral_1h_input_tokens" -> count(Count.CACHE_WRITE_1H, name, count);
                default -> parser.skipChildren();
            }
        }
    }

    private void readIterations(@Nullable JsonToken value) throws IOException {
        once("iterations");
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            odd("usage.iterations must be an array or null");
            return;
        }
        iterations = new IterationSums();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                var entry = new UsageParser(parser, origin);
                entry.readObject();
                iterations.add(entry.type, entry.model, entry.counts.byKind());
                if (entry.counts.isOdd()) {
                    counts.setOdd();
                }
            } else {
                odd("usage.iterations must hold objects");
            }
        }
    }

    private void count(Count count, String name, @Nullable JsonToken value) throws IOException {
        once(name);
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        boolean written = value == JsonToken.VALUE_STRING || (value != null && value.isNumeric());
        OptionalLong tokens = written ? TokenCounts.whole(parser.getText()) : OptionalLong.empty();
        if (tokens.isPresent()) {
            counts.put(count, tokens.getAsLong());
        } else {
            odd("usage." + name + " must be a whole number from 0 to 10^12, or null");
        }
    }

    private String text(@Nullable JsonToken value) throws IOException {
        parser.skipChildren();
        return origin == Mode.LENIENT && value == JsonToken.VALUE_STRING ? parser.getText() : "";
    }

    private void once(String name) {
        if (origin == Mode.STRICT && !seen.add(name)) {
            throw new InvalidEventException("usage." + name + " is given twice");
        }
    }

    private void odd(String fault) throws IOException {
        if (origin == Mode.STRICT) {
            throw new InvalidEventException(fault);
        }
        counts.setOdd();
        parser.skipChildren();
    }
}
