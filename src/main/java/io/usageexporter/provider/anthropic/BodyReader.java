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
 * Reads a response as an event stream or as JSON by how it begins, since providers and proxies label the one as the other,
 * or neither. Holds what the reader does.
 */
final class BodyReader implements UsageExtractor {
    private final StreamFormat dialect;
    private final @Nullable String requestId;
    private final ByteOrderMark mark = new ByteOrderMark();
    private @Nullable StreamExtractor stream;
    private @Nullable JsonResponseExtractor json;

    BodyReader(StreamFormat dialect, @Nullable String requestId) {
        this.dialect = dialect;
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
            stream = isStream ? new StreamExtractor(dialect, requestId) : null;
            json = isStream ? null : new JsonResponseExtractor(dialect.shape(), requestId);
        }
    }

    /** The members of a JSON response that have come so far and are wanted; missing for any other. */
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

    /** Bytes of memory that it holds for what has been read. */
    int held() {
        return stream != null ? stream.held() : json != null ? json.held() : 0;
    }
}
