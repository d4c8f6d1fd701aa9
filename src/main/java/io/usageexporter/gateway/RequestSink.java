package io.usageexporter.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Writes one request to a connection: the head, then the body, chunked or as it comes. Ends the request and leaves the
 * connection open. For one I/O thread.
 */
final class RequestSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private final boolean chunked;
    private ByteBuffer pending;
    private long leftOfChunk;
    private boolean inChunks;
    private boolean terminated;

    /** @param head with its empty line */
    RequestSink(StreamSinkConduit next, byte[] head, boolean chunked) {
        super(next);
        this.chunked = chunked;
        this.pending = ByteBuffer.wrap(head);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        if (terminated) {
            throw new IOException("the request has ended");
        }
        if (!bytes.hasRemaining()) {
            return 0;
        }
        if (chunked && leftOfChunk == 0) {
            beginChunk(bytes.remaining());
        }
        int limit = bytes.limit();
        if (chunked && bytes.remaining() > leftOfChunk) {
            bytes.limit(bytes.position() + (int) leftOfChunk);
        }
        int before = bytes.position();
        try {
            if (pending.hasRemaining()) {
                next.write(new ByteBuffer[] {pending, bytes}, 0, 2);
            } else {
                next.write(bytes);
            }
        } finally {
            bytes.limit(limit);
        }
        int written = bytes.position() - before;
        leftOfChunk -= chunked ? written : 0;
        return written;
    }

    private void beginChunk(int size) {
        append(Integer.toHexString(size) + "\r\n");
        inChunks = true;
        leftOfChunk = size;
    }

    /** Adds to what is written next, behind the end of the chunk before it. */
    private void append(String mark) {
        byte[] bytes = ((inChunks ? "\r\n" : "") + mark).getBytes(StandardCharsets.US_ASCII);
        pending = ByteBuffer.allocate(pending.remaining() + bytes.length)
                .put(pending)
                .put(bytes)
                .flip();
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (buffers[i].hasRemaining()) {
                return write(buffers[i]);
            }
        }
        return 0;
    }

    @Override
    public int writeFinal(ByteBuffer bytes) throws IOException {
        return Conduits.writeFinalBasic(this, bytes);
    }

    @Override
    public long writeFinal(ByteBuffer[] buffers, int offset, int length) throws IOException {
        return Conduits.writeFinalBasic(this, buffers, offset, length);
    }

    @Override
    public long transferFrom(FileChannel source, long position, long count) throws IOException {
        return source.transferTo(position, count, new ConduitWritableByteChannel(this));
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
        return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
    }

    /** Whether all of the request is on its way. */
    boolean isSent() {
        return terminated && !pending.hasRemaining();
    }

    @Override
    public boolean flush() throws IOException {
        while (pending.hasRemaining()) {
            if (next.write(pending) == 0) {
                return false;
            }
        }
        return next.flush();
    }

    @Override
    public void terminateWrites() {
        if (!terminated) {
            terminated = true;
            if (chunked) {
                append("0\r\n\r\n");
            }
        }
    }

    @Override
    public void truncateWrites() throws IOException {
        next.truncateWrites();
    }

    @Override
    public boolean isWriteShutdown() {
        return terminated || next.isWriteShutdown();
    }
}
