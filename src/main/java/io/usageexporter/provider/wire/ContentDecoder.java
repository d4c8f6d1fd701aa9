package io.usageexporter.provider.wire;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a copy of a response body. A body with an unsupported encoding is skipped. Not thread-safe.
 *
 * @param gunzip null for a body without encoding
 */
public record ContentDecoder(@Nullable GzipDecoder gunzip, boolean isReadable) implements AutoCloseable {
    /**
     * The decoder for an encoding.
     *
     * @param encoding the header {@code Content-Encoding}; null where there is none
     */
    public static ContentDecoder of(@Nullable String encoding) {
        if (encoding == null || encoding.isBlank() || encoding.equalsIgnoreCase("identity")) {
            return new ContentDecoder(null, true);
        }
        if (encoding.equalsIgnoreCase("gzip") || encoding.equalsIgnoreCase("x-gzip")) {
            return new ContentDecoder(new GzipDecoder(), true);
        }
        return new ContentDecoder(null, false);
    }

    /** Consumes the next bytes and passes on the decoded ones, in buffers that are valid only during the call. */
    public void read(ByteBuffer bytes, Consumer<ByteBuffer> decoded) {
        if (gunzip != null) {
            gunzip.read(bytes, decoded);
        } else if (isReadable) {
            decoded.accept(bytes);
        }
    }

    @Override
    public void close() {
        if (gunzip != null) {
            gunzip.close();
        }
    }
}
