package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.wire.LenientJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The meaning of the events of a stream, by endpoint. */
enum StreamFormat {
    /** Usage at the start, and cumulative usage in any number of deltas. */
    MESSAGES(UsageFormat.MESSAGES) {
        @Override
        @Nullable
        Completion onEvent(String type, JsonNode data, MessageAccumulator accumulator) {
            if (type.equals("message_start")) {
                accumulator.begin();
                accumulator.merge(data.path("message"));
            } else {
                // In message_delta; compatible APIs may put it into its delta, or into message_stop.
                accumulator.mergeUsage(data.path("usage"));
                accumulator.mergeUsage(data.path("delta").path("usage"));
            }
            return type.equals("message_stop") ? Completion.COMPLETE : null;
        }
    },
    /** Legacy text completions, which report no usage. */
    COMPLETE(UsageFormat.MESSAGES) {
        @Override
        @Nullable
        Completion onEvent(String type, JsonNode data, MessageAccumulator accumulator) {
            accumulator.merge(data);
            return data.path("stop_reason").isTextual() ? Completion.COMPLETE : null;
        }
    },
    /** Compatible with OpenAI's API: events without names, usage in the last one or never, then {@code [DONE]}. */
    CHAT_COMPLETIONS(UsageFormat.CHAT) {
        @Override
        @Nullable
        Completion onEvent(String type, JsonNode data, MessageAccumulator accumulator) {
            if (data.path(AnthropicErrors.ERROR).isObject()) {
                accumulator.fail(data);
                return Completion.ERROR;
            }
            accumulator.merge(data);
            return null;
        }
    };

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    /** The default name of events. */
    private static final String UNNAMED = "message";

    /** The names of the events that matter, in any format; events without a name may matter as well. */
    static final List<String> WANTED =
            List.of("message_start", "message_delta", "message_stop", "completion", AnthropicErrors.ERROR, UNNAMED);

    private final UsageFormat usageFormat;

    StreamFormat(UsageFormat usageFormat) {
        this.usageFormat = usageFormat;
    }

    UsageFormat usageFormat() {
        return usageFormat;
    }

    /** Merges an event; returns how the stream has ended, or null if it continues. */
    @Nullable
    Completion read(String name, byte[] data, int length, MessageAccumulator accumulator) {
        if (Arrays.equals(data, 0, length, DONE, 0, DONE.length)) {
            return Completion.COMPLETE;
        }
        JsonNode node = LenientJson.read(data, length);
        String type = name.isEmpty() || name.equals(UNNAMED) ? node.path("type").asText() : name;
        if (type.equals(AnthropicErrors.ERROR)) {
            accumulator.fail(node);
            return Completion.ERROR;
        }
        return onEvent(type, node, accumulator);
    }

    abstract @Nullable Completion onEvent(String type, JsonNode data, MessageAccumulator accumulator);
}
