package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.wire.LenientJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the events of a stream mean, by the call that it answers. */
enum StreamFormat {
    /** Usage at the start, and cumulative usage in each of any number of deltas. */
    MESSAGES(UsageFormat.MESSAGES) {
        @Override
        @Nullable
        Completion take(String type, JsonNode data, MessageAccumulator answer) {
            if (type.equals("message_start")) {
                answer.begin();
                answer.take(data.path("message"));
            } else if (type.equals("message_delta")) {
                answer.takeUsage(data.path("usage"));
            }
            return type.equals("message_stop") ? Completion.COMPLETE : null;
        }
    },
    /** Legacy text completions, which tell no usage. */
    COMPLETE(UsageFormat.MESSAGES) {
        @Override
        @Nullable
        Completion take(String type, JsonNode data, MessageAccumulator answer) {
            answer.take(data);
            return data.path("stop_reason").isTextual() ? Completion.COMPLETE : null;
        }
    },
    /** Compatible with OpenAI's: events without names, usage in the last of them or never, then {@code [DONE]}. */
    CHAT_COMPLETIONS(UsageFormat.CHAT) {
        @Override
        @Nullable
        Completion take(String type, JsonNode data, MessageAccumulator answer) {
            if (data.path(AnthropicErrors.ERROR).isObject()) {
                answer.fail(data);
                return Completion.ERROR;
            }
            answer.take(data);
            return null;
        }
    };

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);
    /** What an event without a name is called by the rules of event streams. */
    private static final String UNNAMED = "message";

    /** Names of the events that tell something, in any dialect; those without a name may do so as well. */
    static final List<String> WANTED =
            List.of("message_start", "message_delta", "message_stop", "completion", AnthropicErrors.ERROR, UNNAMED);

    private final UsageFormat shape;

    StreamFormat(UsageFormat shape) {
        this.shape = shape;
    }

    UsageFormat shape() {
        return shape;
    }

    /** Takes over what an event says, and tells how the stream has ended, or null if it goes on. */
    @Nullable
    Completion read(String name, byte[] data, int length, MessageAccumulator answer) {
        if (Arrays.equals(data, 0, length, DONE, 0, DONE.length)) {
            return Completion.COMPLETE;
        }
        JsonNode node = LenientJson.read(data, length);
        String type = name.isEmpty() || name.equals(UNNAMED) ? node.path("type").asText() : name;
        if (type.equals(AnthropicErrors.ERROR)) {
            answer.fail(node);
            return Completion.ERROR;
        }
        return take(type, node, answer);
    }

    abstract @Nullable Completion take(String type, JsonNode data, MessageAccumulator answer);
}
