package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageExtractor;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a successful answer to a call that is not known. Where it is a message of the Messages API all the same, it is
 * metered; any other that reports a usage is said to be unmetered.
 */
final class OtherResponseExtractor implements UsageExtractor {
    private final BodyReader body;
    private boolean begun;

    OtherResponseExtractor(@Nullable String requestId) {
        this.body = new BodyReader(StreamFormat.MESSAGES, requestId);
    }

    @Override
    public void read(ByteBuffer bytes) {
        begun |= bytes.hasRemaining();
        body.read(bytes);
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        JsonNode object = body.object();
        String type = object.path("type").asText();
        ResponseUsage seen = body.finish(complete);
        boolean isStream = begun && object.isMissingNode();
        if (type.equals("message")
                || type.equals(AnthropicErrors.ERROR)
                || (isStream && !seen.uses().isEmpty())) {
            return seen;
        }
        boolean hidden =
                object.path("usage").isObject() && !object.path("usage").isEmpty();
        return new ResponseUsage(
                List.of(),
                complete ? Completion.COMPLETE : Completion.INCOMPLETE,
                null,
                null,
                hidden ? UnmeteredReason.UNKNOWN_FORMAT : null);
    }

    /** Bytes of memory that it holds for what has been read. */
    int held() {
        return body.held();
    }
}
