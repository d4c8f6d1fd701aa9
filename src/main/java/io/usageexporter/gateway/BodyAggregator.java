package io.usageexporter.gateway;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.channels.StreamSourceChannel;

/** Collects a body up to {@value #MAX_BYTES} bytes. For one I/O thread. */
final class BodyAggregator {
    /** A page of a thousand batches is a tenth of it. */
    static final int MAX_BYTES = 4 << 20;

    /** Receives the result: exactly one call. */
    interface Listener {
        /** The complete body. */
        void onBody(byte[] body);

        /** The body exceeds the bound; the remainder is still to be read. */
        void onTooLong(byte[] begin);

        void onReadFailure(IOException e);
    }

    private final StreamSourceChannel source;
    private final ByteBufferPool pool;
    private final Listener listener;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();

    BodyAggregator(StreamSourceChannel source, ByteBufferPool pool, Listener listener) {
        this.source = source;
        this.pool = pool;
        this.listener = listener;
    }

    void start() {
        try (PooledByteBuffer pooled = pool.allocate()) {
            ByteBuffer buffer = pooled.getBuffer();
            int count = source.read(buffer.clear());
            while (count > 0 && collected.size() <= MAX_BYTES) {
                var bytes = new byte[count];
                buffer.flip().get(bytes);
                collected.writeBytes(bytes);
                count = source.read(buffer.clear());
            }
            if (count > 0) { // one buffer more than the bound
                var bytes = new byte[count];
                buffer.flip().get(bytes);
                collected.writeBytes(bytes);
                listener.onTooLong(collected.toByteArray());
            } else if (count < 0) {
                listener.onBody(collected.toByteArray());
            } else {
                source.getReadSetter().set(channel -> start());
                source.resumeReads();
            }
        } catch (IOException e) {
            listener.onReadFailure(e);
        }
    }
}
