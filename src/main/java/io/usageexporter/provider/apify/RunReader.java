package io.usageexporter.provider.apify;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the run in a response that passes in pieces. Holds no more than 1 MiB; a larger response is ignored. To
 * be used by one thread at a time.
 */
public final class RunReader {
    /** Runs are of a few kilobytes. */
    public static final int MAX_BYTES = 1 << 20;

    private static final int FIRST_BYTES = 8 * 1024;

    private byte[] bytes = new byte[0];
    private int size;
    private boolean tooLarge;

    /** Takes the next piece of the body, which is copied and not moved on. */
    public void read(ByteBuffer piece) {
        int more = piece.remaining();
        if (tooLarge || more > MAX_BYTES - size) {
            tooLarge = true;
            bytes = new byte[0];
            size = 0;
            return;
        }
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(MAX_BYTES, Math.max(size + more, Math.max(FIRST_BYTES, 2 * size))));
        }
        piece.duplicate().get(bytes, size, more);
        size += more;
    }

    /**
     * The run, or null if the response held none.
     *
     * @param whole whether the body is complete
     */
    public @Nullable Run end(boolean whole) {
        JsonNode body = whole && size > 0 ? ApifyJson.parse(bytes, size) : null;
        return body == null ? null : Run.read(body);
    }
}
