package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.Completion;
import io.usageexporter.provider.ResponseUsage;
import io.usageexporter.provider.UsageExtractor;
import io.usageexporter.provider.wire.FieldMask;
import io.usageexporter.provider.wire.JsonProjector;
import io.usageexporter.provider.wire.LenientJson;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Extracts the error from a response without usage: an error, or a response to a call that is free. */
final class ErrorExtractor implements UsageExtractor {
    private static final Map<String, FieldMask> ERROR = FieldMask.of(AnthropicErrors.ERROR);

    private final boolean isError;
    private final JsonProjector projector = new JsonProjector(ERROR);

    /** @param status of the response */
    ErrorExtractor(int status) {
        this.isError = status >= 400;
    }

    @Override
    public void read(ByteBuffer bytes) {
        if (isError) {
            projector.read(bytes);
        } else {
            bytes.position(bytes.limit());
        }
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        if (!isError) {
            return new ResponseUsage(List.of(), complete ? Completion.COMPLETE : Completion.INCOMPLETE, null);
        }
        byte[] kept = projector.kept();
        return new ResponseUsage(
                List.of(), Completion.ERROR, null, AnthropicErrors.name(LenientJson.read(kept, kept.length)), null);
    }
}
