package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.anthropic.TokenCounts.Count;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The shapes in which an answer tells its use. What is odd in them is left out and noted. */
enum UsageFormat {
    /** Of the Messages API. */
    MESSAGES {
        @Override
        MessagesUsage read(JsonNode usage) {
            try (JsonParser parser = usage.traverse()) {
                parser.nextToken();
                return new UsageParser(parser, UsageParser.Mode.LENIENT).read();
            } catch (IOException e) { // for which a tree in memory has no cause
                throw new UncheckedIOException(e);
            }
        }
    },
    /** Of the calls that are compatible with OpenAI's, which tell neither of the cache nor of iterations. */
    CHAT {
        @Override
        MessagesUsage read(JsonNode usage) {
            var counts = new TokenCounts();
            counts.put(Count.UNCACHED_INPUT, usage.path("prompt_tokens"));
            counts.put(Count.OUTPUT, usage.path("completion_tokens"));
            return new MessagesUsage(counts, new IterationSums());
        }
    };

    /** Reads a usage object. */
    abstract MessagesUsage read(JsonNode usage);
}
