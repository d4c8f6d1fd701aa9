package io.usageexporter.provider.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.wire.FieldMask;
import io.usageexporter.provider.wire.JsonProjector;
import io.usageexporter.provider.wire.LenientJson;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a response that is one JSON object, of any length. Holds what {@link JsonProjector} does. */
final class JsonResponseExtractor implements UsageExtractor {
    /** The members that report the usage. */
    static final Map<String, FieldMask> MESSAGE = FieldMask.of("type", "id", "model", "usage", AnthropicErrors.ERROR);

    private final @Nullable String requestId;
    private final MessageAccumulator answer;
    private final JsonProjector sieve = new JsonProjector(MESSAGE);

    JsonResponseExtractor(UsageFormat shape, @Nullable String requestId) {
        this.requestId = requestId;
        this.answer = new MessageAccumulator(shape);
    }

    @Override
    public void read(ByteBuffer bytes) {
        sieve.read(bytes);
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        JsonNode message = message();
        if (AnthropicErrors.isError(message)) {
            answer.fail(message);
        } else {
            answer.take(message);
        }
        Completion end = completion(complete);
        return answer.seen(requestId, end, end != Completion.INCOMPLETE);
    }

    /** The wanted members that have come so far. */
    JsonNode message() {
        byte[] kept = sieve.kept();
        return LenientJson.read(kept, kept.length);
    }

    private Completion completion(boolean bodyEnded) {
        if (answer.error() != null) {
            return Completion.ERROR;
        }
        boolean complete = sieve.isClosed() || (bodyEnded && !answer.isMessage());
        return complete ? Completion.COMPLETE : Completion.INCOMPLETE;
    }

    /** Bytes of memory that it holds for what has been read. */
    int held() {
        return sieve.held();
    }
}
