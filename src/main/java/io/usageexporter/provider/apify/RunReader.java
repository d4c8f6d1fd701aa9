package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageexporter.provider.wire.GrowableBuffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the run in a response that comes in pieces. A response of more than 1 MiB is ignored. Not thread-safe. */
public final class RunReader {
    /** Runs have a few kilobytes. */
    public static final int MAX_BYTES = 1 << 20;

    private final GrowableBuffer body = new GrowableBuffer(MAX_BYTES);
    private boolean tooLarge;

    /** Reads the next piece of the body, whose position does not change. */
    public void read(ByteBuffer piece) {
        if (tooLarge || !body.add(piece, piece.position(), piece.limit())) {
            tooLarge = true;
            body.clear();
        }
    }

    /**
     * The run, or null if the response has none.
     *
     * @param complete whether the body is complete
     */
    public @Nullable Run finish(boolean complete) {
        JsonNode node = complete && body.length() > 0 ? ApifyJson.parse(body.array(), body.length()) : null;
        return node == null ? null : Run.read(node);
    }
}
