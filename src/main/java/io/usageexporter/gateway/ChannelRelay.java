package io.usageexporter.gateway;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Moves bytes from one channel to another, at once when they come and no faster than they go. Holds a buffer only while
 * bytes wait in it. For one I/O thread.
 */
final class ChannelRelay {
    /** After so many buffers in a row the other connections of the thread have their turn. */
    private static final int TURN = 16;

    /** What the owner hears of. No call comes after {@link #stop()} or after a failure. */
    interface Owner {
        /** Bytes came, and will be written next. To be read only during the call. */
        void passing(ByteBuffer bytes);

        /** Some bytes were written. */
        void passed();

        /** The source came to its end; the sink is still to be ended. */
        void sourceEnded();

        /** The sink was ended, and everything is written. */
        void done();

        void readFailed(IOException e);

        void writeFailed(IOException e);
    }

    private final StreamSourceChannel source;
    private final StreamSinkChannel sink;
    private final ByteBufferPool pool;
    private final Owner owner;
    private @Nullable PooledByteBuffer pooled;
    private ByteBuffer waiting = ByteBuffer.allocate(0);
    private boolean sourceEnded;
    private boolean stopped;
    private boolean waitsForRoom;

    ChannelRelay(StreamSourceChannel source, StreamSinkChannel sink, ByteBufferPool pool, Owner owner) {
        this.source = source;
        this.sink = sink;
        this.pool = pool;
        this.owner = owner;
    }

    /** Begins to move bytes; first those that were read before. */
    void start(ByteBuffer readBefore) {
        waiting = readBefore;
        turn();
    }

    /** Moves no more. */
    void stop() {
        if (!stopped) {
            stopped = true;
            release();
            source.suspendReads();
            sink.suspendWrites();
        }
    }

    /** Whether bytes wait here until the other side takes them. */
    boolean waitsForRoom() {
        return waitsForRoom;
    }

    private void turn() {
        waitsForRoom = false;
        for (int i = 0; i < TURN; i++) {
            boolean writing = waiting.hasRemaining() || sourceEnded;
            if (stopped || !(writing ? write() : read())) {
                return;
            }
        }
        source.suspendReads();
        sink.suspendWrites();
        sink.getIoThread().execute(this::turn);
    }

    /** Whether there is more to do at once. */
    private boolean read() {
        try {
            if (pooled == null) {
                pooled = pool.allocate();
            }
            ByteBuffer buffer = pooled.getBuffer();
            buffer.clear();
            int count = source.read(buffer);
            if (count == 0) {
                release();
                return awaitBytes();
            }
            if (count < 0) {
                release();
                sourceEnded = true;
                owner.sourceEnded();
                return true;
            }
            buffer.flip();
            owner.passing(buffer.duplicate());
            waiting = buffer;
            return true;
        } catch (IOException e) {
            stop();
            owner.readFailed(e);
            return false;
        }
    }

    private boolean write() {
        try {
            if (waiting.hasRemaining()) {
                if (sink.write(waiting) == 0) {
                    return awaitRoom();
                }
                owner.passed();
                return true;
            }
            sink.shutdownWrites();
            if (!sink.flush()) {
                return awaitRoom();
            }
            stopped = true;
            sink.suspendWrites();
            owner.done();
            return false;
        } catch (IOException e) {
            stop();
            owner.writeFailed(e);
            return false;
        }
    }

    private boolean awaitBytes() {
        try {
            if (!sink.flush()) {
                return awaitRoom();
            }
        } catch (IOException e) {
            stop();
            owner.writeFailed(e);
            return false;
        }
        sink.suspendWrites();
        source.getReadSetter().set(channel -> turn());
        source.resumeReads();
        return false;
    }

    private boolean awaitRoom() {
        waitsForRoom = true;
        source.suspendReads();
        sink.getWriteSetter().set(channel -> turn());
        sink.resumeWrites();
        return false;
    }

    private void release() {
        waiting = ByteBuffer.allocate(0);
        if (pooled != null) {
            pooled.close();
            pooled = null;
        }
    }
}
