package io.usageexporter.provider.anthropic;

import io.usageexporter.provider.wire.FieldMask;
import io.usageexporter.provider.wire.JsonProjector;
import io.usageexporter.provider.wire.LenientJson;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the model that a request asks for from its body as it passes, without holding the body.
 * For one thread.
 */
public final class RequestModel {
    private static final Map<String, FieldMask> MODEL = FieldMask.of("model");

    private final JsonProjector sieve = new JsonProjector(MODEL);

    /** Takes the next bytes, all that remain. */
    public void read(ByteBuffer bytes) {
        sieve.read(bytes);
    }

    /** The model, or null where none was asked for yet. */
    public @Nullable String model() {
        byte[] kept = sieve.kept();
        String model = Identifiers.model(
                LenientJson.read(kept, kept.length).path("model").textValue());
        return model.isEmpty() ? null : model;
    }
}
