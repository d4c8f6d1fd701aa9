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

/** Reads the error of a response that is no usage: a rejection, or the response to a call that is free. */
final class ErrorExtractor implements UsageExtractor {
    private static final Map<String, FieldMask> ERROR = FieldMask.of(AnthropicErrors.ERROR);

    private final boolean refused;
    private final JsonProjector sieve = new JsonProjector(ERROR);

    /** @param status of the answer */
    ErrorExtractor(int status) {
        this.refused = status >= 400;
    }

    @Override
    public void read(ByteBuffer bytes) {
        if (refused) {
            sieve.read(bytes);
        } else {
            bytes.position(bytes.limit());
        }
    }

    @Override
    public ResponseUsage finish(boolean complete) {
        if (!refused) {
            return new ResponseUsage(List.of(), complete ? Completion.COMPLETE : Completion.INCOMPLETE, null);
        }
        byte[] kept = sieve.kept();
        return new ResponseUsage(
                List.of(), Completion.ERROR, null, AnthropicErrors.name(LenientJson.read(kept, kept.length)), null);
    }
}
