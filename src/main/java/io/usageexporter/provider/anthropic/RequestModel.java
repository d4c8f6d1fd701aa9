package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.wire.FieldMask;
import io.usageexporter.provider.wire.JsonProjector;
import io.usageexporter.provider.wire.LenientJson;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Extracts the requested model from the body of a request as it passes through, without buffering the body. Not
 * thread-safe.
 */
public final class RequestModel {
    private static final Map<String, FieldMask> MODEL = FieldMask.of("model");

    private final JsonProjector projector = new JsonProjector(MODEL);

    /** Consumes the remaining bytes of the buffer. */
    public void read(ByteBuffer bytes) {
        projector.read(bytes);
    }

    /** The model, or null if there is none yet. */
    public @Nullable String model() {
        byte[] kept = projector.kept();
        String model = Identifiers.model(
                LenientJson.read(kept, kept.length).path("model").textValue());
        return model.isEmpty() ? null : model;
    }
}
