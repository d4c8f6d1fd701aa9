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

    /** How invalid content is handled. */
    enum Mode {
        /** For posted objects: invalid content throws an {@link InvalidEventException}. Models are not distinguished. */
        STRICT,
        /** For the provider's responses: invalid content is left out and noted, and the last of duplicate fields wins. */
        LENIENT
    }

    private final JsonParser parser;
    private final Mode mode;
    private final Set<String> seen = new HashSet<>();
    private final TokenCounts counts = new TokenCounts();
    private IterationSums iterations = new IterationSums();
    private long webSearches;
    private String tier = "";
    private String speed = "";
    private String geography = "";
    private String type = "";
    private String model = "";

    UsageParser(JsonParser parser, Mode mode) {
        this.parser = parser;
        this.mode = mode;
    }

    /** Reads the object that begins at the parser's current token, up to its end. */
    MessagesUsage read() throws IOException {
        readObject();
        return new MessagesUsage(counts, iterations, new ServiceTerms(tier, speed, geography), webSearches);
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
                case "server_tool_use" -> readServerToolUse(value);
                case "service_tier" -> tier = text(name, value);
                case "speed" -> speed = text(name, value);
                case "inference_geo" -> geography = text(name, value);
                case "type" -> type = workerText(value);
                case "model" -> model = Identifiers.model(workerText(value));
                default -> parser.skipChildren();
            }
        }
    }

    private void readCacheCreation(@Nullable JsonToken value) throws IOException {
        rejectDuplicate("cache_creation");
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_OBJECT) {
            reject("usage.cache_creation must be an object or null");
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

    private void readServerToolUse(@Nullable JsonToken value) throws IOException {
        rejectDuplicate("server_tool_use");
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_OBJECT) {
            reject("usage.server_tool_use must be an object or null");
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken count = parser.nextToken();
            if (name.equals("web_search_requests")) {
                webSearches = number(name, count).orElse(webSearches);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readIterations(@Nullable JsonToken value) throws IOException {
        rejectDuplicate("iterations");
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            reject("usage.iterations must be an array or null");
            return;
        }
        iterations = new IterationSums();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                var entry = new UsageParser(parser, mode);
                entry.readObject();
                iterations.add(entry.type, entry.model, entry.counts.byKind());
                if (entry.counts.hasInvalid()) {
                    counts.setInvalid();
                }
            } else {
                reject("usage.iterations must hold objects");
            }
        }
    }

    private void count(Count count, String name, @Nullable JsonToken value) throws IOException {
        number(name, value).ifPresent(tokens -> counts.put(count, tokens));
    }

    /** Empty if there is none. */
    private OptionalLong number(String name, @Nullable JsonToken value) throws IOException {
        rejectDuplicate(name);
        if (value == JsonToken.VALUE_NULL) {
            return OptionalLong.empty();
        }
        boolean isNumber = value == JsonToken.VALUE_STRING || (value != null && value.isNumeric());
        OptionalLong number = isNumber ? TokenCounts.parse(parser.getText()) : OptionalLong.empty();
        if (number.isEmpty()) {
            reject("usage." + name + " must be a whole number from 0 to 10^12, or null");
        }
        return number;
    }

    /** Empty if it is not a text, since the provider may change the fields that are not counts. */
    private String text(String name, @Nullable JsonToken value) throws IOException {
        rejectDuplicate(name);
        parser.skipChildren();
        return value == JsonToken.VALUE_STRING ? parser.getText() : "";
    }

    /** A text that distinguishes models. */
    private String workerText(@Nullable JsonToken value) throws IOException {
        parser.skipChildren();
        return mode == Mode.LENIENT && value == JsonToken.VALUE_STRING ? parser.getText() : "";
    }

    private void rejectDuplicate(String name) {
        if (mode == Mode.STRICT && !seen.add(name)) {
            throw new InvalidEventException("usage." + name + " is given twice");
        }
    }

    private void reject(String fault) throws IOException {
        if (mode == Mode.STRICT) {
            throw new InvalidEventException(fault);
        }
        counts.setInvalid();
        parser.skipChildren();
    }
}
