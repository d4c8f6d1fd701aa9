package io.usageexporter.provider.wire;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a copy of an answer's body, whatever its encoding; one that cannot be read is passed over. For one thread.
 *
 * @param gunzip null for a body that is not packed
 */
public record ContentDecoder(@Nullable GzipDecoder gunzip, boolean isReadable) implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ContentDecoder.class.getName());
    private static final Set<String> COMPLAINED = ConcurrentHashMap.newKeySet();

    public static ContentDecoder of(@Nullable String encoding, String provider) {
        if (encoding == null || encoding.isBlank() || encoding.equalsIgnoreCase("identity")) {
            return new ContentDecoder(null, true);
        }
        if (encoding.equalsIgnoreCase("gzip") || encoding.equalsIgnoreCase("x-gzip")) {
            return new ContentDecoder(new GzipDecoder(), true);
        }
        if (COMPLAINED.add(provider)) {
            LOG.log(
                    Level.WARNING,
                    "{0} answers in an encoding that was not asked for; such calls count without their amounts",
                    provider);
        }
        return new ContentDecoder(null, false);
    }

    /** Takes the next bytes, and hands out what they are. */
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
