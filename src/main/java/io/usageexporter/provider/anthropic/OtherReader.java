package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.AnswerReader;
import io.usageexporter.provider.End;
import io.usageexporter.provider.Seen;
import io.usageexporter.provider.Unmetered;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a successful answer to a call that is not known. Where it is a message of the Messages API all the same, it is
 * metered; any other that reports a usage is said to be unmetered.
 */
final class OtherReader implements AnswerReader {
    private final BodyReader body;
    private boolean begun;

    OtherReader(@Nullable String requestId) {
        this.body = new BodyReader(StreamDialect.MESSAGES, requestId);
    }

    @Override
    public void read(ByteBuffer bytes) {
        begun |= bytes.hasRemaining();
        body.read(bytes);
    }

    @Override
    public Seen end(boolean whole) {
        JsonNode object = body.object();
        String type = object.path("type").asText();
        Seen seen = body.end(whole);
        boolean isStream = begun && object.isMissingNode();
        if (type.equals("message")
                || type.equals(AnthropicErrors.ERROR)
                || (isStream && !seen.uses().isEmpty())) {
            return seen;
        }
        boolean hidden =
                object.path("usage").isObject() && !object.path("usage").isEmpty();
        return new Seen(
                List.of(), whole ? End.COMPLETE : End.INCOMPLETE, null, null, hidden ? Unmetered.UNKNOWN_FORMAT : null);
    }

    /** Bytes of memory that it holds for what has been read. */
    int held() {
        return body.held();
    }
}
