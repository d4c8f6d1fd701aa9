package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.anthropic.TokenCounts.Count;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The formats of usage objects in responses. Invalid counts are left out and noted. */
enum UsageFormat {
    /** The Messages API. */
    MESSAGES {
        @Override
        MessagesUsage read(JsonNode usage) {
            try (JsonParser parser = usage.traverse()) {
                parser.nextToken();
                return new UsageParser(parser, UsageParser.Mode.LENIENT).read();
            } catch (IOException e) { // cannot happen with a tree in memory
                throw new UncheckedIOException(e);
            }
        }
    },
    /** The endpoint compatible with OpenAI's API, which reports neither cache tokens nor iterations. */
    CHAT {
        @Override
        MessagesUsage read(JsonNode usage) {
            var counts = new TokenCounts();
            counts.put(Count.UNCACHED_INPUT, usage.path("prompt_tokens"));
            counts.put(Count.OUTPUT, usage.path("completion_tokens"));
            return new MessagesUsage(counts, new IterationSums(), ServiceTerms.UNKNOWN, 0);
        }
    };

    /** Reads a usage object. */
    abstract MessagesUsage read(JsonNode usage);
}
