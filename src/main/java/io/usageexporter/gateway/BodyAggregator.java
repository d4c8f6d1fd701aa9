package io.usageexporter.gateway;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.channels.StreamSourceChannel;

/** Gathers a body, up to a bound. For one I/O thread. */
final class BodyAggregator {
    /** A page of a thousand batches is a tenth of it. */
    static final int MAX_BYTES = 4 << 20;

    /** What the owner hears of, one of them once. */
    interface Owner {
        /** The body came to its end. */
        void whole(byte[] body);

        /** The body is longer than the bound; the remainder is still to be read. */
        void tooLong(byte[] begin);

        void readFailed(IOException e);
    }

    private final StreamSourceChannel source;
    private final ByteBufferPool pool;
    private final Owner owner;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream();

    BodyAggregator(StreamSourceChannel source, ByteBufferPool pool, Owner owner) {
        this.source = source;
        this.pool = pool;
        this.owner = owner;
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
                owner.tooLong(collected.toByteArray());
            } else if (count < 0) {
                owner.whole(collected.toByteArray());
            } else {
                source.getReadSetter().set(channel -> start());
                source.resumeReads();
            }
        } catch (IOException e) {
            owner.readFailed(e);
        }
    }
}
