package io.usageexporter.provider.anthropic;

import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the model that a request asks for out of its body while it goes by, and passes over the rest without holding it.
 * For one thread.
 */
public final class RequestModel {
    private static final Map<String, Wanted> MODEL = Wanted.of("model");

    private final JsonSieve sieve = new JsonSieve(MODEL);

    /** Takes the next bytes, all that remain. */
    public void read(ByteBuffer bytes) {
        sieve.read(bytes);
    }

    /** The model, or null where none was asked for yet. */
    public @Nullable String model() {
        byte[] kept = sieve.kept();
        String model = Names.model(Json.read(kept, kept.length).path("model").textValue());
        return model.isEmpty() ? null : model;
    }
}
