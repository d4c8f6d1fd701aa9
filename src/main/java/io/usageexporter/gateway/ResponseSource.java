package io.usageexporter.gateway;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Reads the body of one response from a connection, without chunk framing and never past its end. A connection
 * that closes before the end is an error. For one I/O thread.
 */
final class ResponseSource extends SequentialSource {
    private final ByteBufferPool pool;
    private final BodyFraming framing;
    private final ChunkDecoder chunks = new ChunkDecoder();
    private @Nullable PooledByteBuffer readAhead;
    private @Nullable MalformedResponseException failure;
    private long left;
    private boolean complete;

    /** @param readAhead bytes received after the head, ready to be read; owned by this from now on */
    ResponseSource(
            StreamSourceConduit next, ByteBufferPool pool, BodyFraming framing, @Nullable PooledByteBuffer readAhead) {
        super(next);
        this.pool = pool;
        this.framing = framing;
        this.readAhead = readAhead;
        this.left = framing.length();
    }

    /** Whether the body was read to its end, and nothing has followed it. */
    boolean isComplete() {
        return complete && readAhead == null;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        if (complete) {
            return -1;
        }
        return switch (framing.kind()) {
            case FIXED -> readFixed(to);
            case CHUNKED -> readChunks(to);
            case UNTIL_CLOSE -> readUntilClose(to);
        };
    }

    private int readFixed(ByteBuffer to) throws IOException {
        if (left == 0) {
            complete = true;
            return -1;
        }
        int limit = to.limit();
        if (to.remaining() > left) {
            to.limit(to.position() + (int) left);
        }
        try {
            int count = readPlain(to);
            if (count < 0) {
                throw prematureEnd();
            }
            left -= count;
            return count;
        } finally {
            to.limit(limit);
        }
    }

    private int readUntilClose(ByteBuffer to) throws IOException {
        int count = readPlain(to);
        complete = count < 0;
        return count;
    }

    /** Reads raw bytes, first those that were read ahead. */
    private int readPlain(ByteBuffer to) throws IOException {
        PooledByteBuffer ahead = readAhead;
        if (ahead == null) {
            return next.read(to);
        }
        ByteBuffer from = ahead.getBuffer();
        int count = Math.min(from.remaining(), to.remaining());
        to.put(from.slice().limit(count));
        from.position(from.position() + count);
        if (!from.hasRemaining()) {
            release();
        }
        return count;
    }

    /** Bytes before an error are handed out first. */
    private int readChunks(ByteBuffer to) throws IOException {
        int before = to.position();
        while (to.hasRemaining() && !chunks.isComplete() && failure == null) {
            PooledByteBuffer ahead = readAhead;
            if (ahead == null) {
                if (to.position() > before) {
                    break;
                }
                ahead = pool.allocate();
                readAhead = ahead;
                int count = fill(ahead);
                if (count < 0) {
                    throw prematureEnd();
                }
                if (count == 0) {
                    release();
                    return 0;
                }
            }
            try {
                chunks.decode(ahead.getBuffer(), to);
            } catch (MalformedResponseException e) {
                failure = e;
            }
            if (!ahead.getBuffer().hasRemaining()) {
                release();
            }
        }
        if (to.position() > before) {
            return to.position() - before;
        }
        if (failure != null) {
            throw failure;
        }
        complete = chunks.isComplete();
        return complete ? -1 : 0;
    }

    private int fill(PooledByteBuffer buffer) throws IOException {
        int count = next.read(buffer.getBuffer().clear());
        buffer.getBuffer().flip();
        return count;
    }

    private static IOException prematureEnd() {
        return new IOException("closed the connection before the end of its response");
    }

    /** Returns the buffer to the pool. */
    void release() {
        if (readAhead != null) {
            readAhead.close();
            readAhead = null;
        }
    }
}
