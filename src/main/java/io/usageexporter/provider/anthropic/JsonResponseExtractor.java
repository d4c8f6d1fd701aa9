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

/** Extracts the usage from a response that is one JSON object of any length. Buffers what {@link JsonProjector} keeps. */
final class JsonResponseExtractor implements UsageExtractor {
    /** The members that report the usage. */
    static final Map<String, FieldMask> MESSAGE = FieldMask.of("type", "id", "model", "usage", AnthropicErrors.ERROR);

    private final @Nullable String requestId;
    private final MessageAccumulator accumulator;
    private final JsonProjector projector = new JsonProjector(MESSAGE);

    JsonResponseExtractor(UsageFormat format, @Nullable String requestId) {
        this.requestId = requestId;
        this.accumulator = new MessageAccumulator(format);
    }

    @Override
    public void read(ByteBuffer bytes) {
        projector.read(bytes);
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        JsonNode message = message();
        if (AnthropicErrors.isError(message)) {
            accumulator.fail(message);
        } else {
            accumulator.merge(message);
        }
        Completion completion = completion(complete);
        return accumulator.result(requestId, completion, completion != Completion.INCOMPLETE);
    }

    /** The wanted members so far. */
    JsonNode message() {
        byte[] kept = projector.kept();
        return LenientJson.read(kept, kept.length);
    }

    private Completion completion(boolean bodyEnded) {
        if (accumulator.error() != null) {
            return Completion.ERROR;
        }
        boolean complete = projector.isClosed() || (bodyEnded && !accumulator.isMessage());
        return complete ? Completion.COMPLETE : Completion.INCOMPLETE;
    }

    /** Bytes of memory in use. */
    int retainedBytes() {
        return projector.retainedBytes();
    }
}
