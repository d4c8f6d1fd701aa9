package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UnmeteredReason;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.wire.ByteOrderMark;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response as an event stream or as JSON depending on its first bytes, since the content types of providers and
 * proxies are not reliable.
 */
final class SniffingExtractor implements UsageExtractor {
    private final StreamFormat format;
    private final @Nullable String requestId;
    private final ByteOrderMark mark = new ByteOrderMark();
    private @Nullable StreamExtractor stream;
    private @Nullable JsonResponseExtractor json;

    SniffingExtractor(StreamFormat format, @Nullable String requestId) {
        this.format = format;
        this.requestId = requestId;
    }

    @Override
    public void read(ByteBuffer bytes) {
        if (stream == null && json == null) {
            begin(bytes);
        }
        if (stream != null) {
            stream.read(bytes);
        } else if (json != null) {
            json.read(bytes);
        }
    }

    private void begin(ByteBuffer bytes) {
        mark.skip(bytes, this::decide);
        while (stream == null && json == null && bytes.hasRemaining()) {
            byte first = bytes.get(bytes.position());
            if (first > ' ' || first < 0) {
                decide(first);
            } else {
                bytes.get();
            }
        }
    }

    /** The lines of an event stream begin with the name of a field or a colon. */
    private void decide(byte first) {
        if (stream == null && json == null) {
            boolean isStream = first == ':' || (first >= 'a' && first <= 'z');
            stream = isStream ? new StreamExtractor(format, requestId) : null;
            json = isStream ? null : new JsonResponseExtractor(format.usageFormat(), requestId);
        }
    }

    /** The wanted members of a JSON response so far; missing for any other response. */
    JsonNode object() {
        return json == null ? MissingNode.getInstance() : json.message();
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        if (stream != null) {
            return stream.finish(complete);
        }
        if (json != null) {
            return json.finish(complete);
        }
        return complete
                ? new ResponseUsage(List.of(), Completion.COMPLETE, null, null, UnmeteredReason.UNEXPECTED_BODY)
                : new ResponseUsage(List.of(), Completion.INCOMPLETE, null, null, UnmeteredReason.INCOMPLETE);
    }

    /** Bytes of memory in use. */
    int retainedBytes() {
        return stream != null ? stream.retainedBytes() : json != null ? json.retainedBytes() : 0;
    }
}
