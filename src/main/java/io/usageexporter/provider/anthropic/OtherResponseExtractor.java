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
 * Extracts the usage from a successful response of an unknown endpoint. A message of the Messages API is metered; any other
 * response that reports usage is unmetered.
 */
final class OtherResponseExtractor implements UsageExtractor {
    private final SniffingExtractor body;
    private boolean isStarted;

    OtherResponseExtractor(@Nullable String requestId) {
        this.body = new SniffingExtractor(StreamFormat.MESSAGES, requestId);
    }

    @Override
    public void read(ByteBuffer bytes) {
        isStarted |= bytes.hasRemaining();
        body.read(bytes);
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        JsonNode object = body.object();
        String type = object.path("type").asText();
        ResponseUsage usage = body.finish(complete);
        boolean isStream = isStarted && object.isMissingNode();
        if (type.equals("message")
                || type.equals(AnthropicErrors.ERROR)
                || (isStream && !usage.records().isEmpty())) {
            return usage;
        }
        boolean reportsUsage =
                object.path("usage").isObject() && !object.path("usage").isEmpty();
        return new ResponseUsage(
                List.of(),
                complete ? Completion.COMPLETE : Completion.INCOMPLETE,
                null,
                null,
                reportsUsage ? UnmeteredReason.UNKNOWN_FORMAT : null);
    }

    /** Bytes of memory in use. */
    int retainedBytes() {
        return body.retainedBytes();
    }
}
