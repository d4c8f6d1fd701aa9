package io.usageexporter.gateway;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * Copies bytes from one channel to another as they arrive, and no faster than they can be written. Holds a buffer only
 * while it has bytes to write. For one I/O thread.
 */
final class ChannelRelay {
    /** After this many buffers in a row the other connections of the thread are served. */
    private static final int MAX_BUFFERS_PER_RUN = 16;

    /** Receives the progress. Is not called again after {@link #stop()} or a failure. */
    interface Listener {
        /** Bytes were read, and will be written next. The buffer is valid only during the call. */
        void onRead(ByteBuffer bytes);

        /** Some bytes were written. */
        void onWritten();

        /** The source ended; the sink is not ended yet. */
        void onSourceEnd();

        /** Everything is written, and the sink is ended. */
        void onComplete();

        void onReadFailure(IOException e);

        void onWriteFailure(IOException e);
    }

    private final StreamSourceChannel source;
    private final StreamSinkChannel sink;
    private final ByteBufferPool pool;
    private final Listener listener;
    private @Nullable PooledByteBuffer pooled;
    private ByteBuffer pending = ByteBuffer.allocate(0);
    private boolean sourceEnded;
    private boolean stopped;
    private boolean writeBlocked;

    ChannelRelay(StreamSourceChannel source, StreamSinkChannel sink, ByteBufferPool pool, Listener listener) {
        this.source = source;
        this.sink = sink;
        this.pool = pool;
        this.listener = listener;
    }

    /** Starts with the bytes that were read before. */
    void start(ByteBuffer readBefore) {
        pending = readBefore;
        run();
    }

    /** Stops copying; idempotent. */
    void stop() {
        if (!stopped) {
            stopped = true;
            release();
            source.suspendReads();
            sink.suspendWrites();
        }
    }

    /** Whether bytes are pending until the sink accepts them. */
    boolean writeBlocked() {
        return writeBlocked;
    }

    private void run() {
        writeBlocked = false;
        for (int i = 0; i < MAX_BUFFERS_PER_RUN; i++) {
            boolean writing = pending.hasRemaining() || sourceEnded;
            if (stopped || !(writing ? write() : read())) {
                return;
            }
        }
        source.suspendReads();
        sink.suspendWrites();
        sink.getIoThread().execute(this::run);
    }

    /** Returns whether to go on at once. */
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
                return awaitReadable();
            }
            if (count < 0) {
                release();
                sourceEnded = true;
                listener.onSourceEnd();
                return true;
            }
            buffer.flip();
            listener.onRead(buffer.duplicate());
            pending = buffer;
            return true;
        } catch (IOException e) {
            stop();
            listener.onReadFailure(e);
            return false;
        }
    }

    private boolean write() {
        try {
            if (pending.hasRemaining()) {
                if (sink.write(pending) == 0) {
                    return awaitWritable();
                }
                listener.onWritten();
                return true;
            }
            sink.shutdownWrites();
            if (!sink.flush()) {
                return awaitWritable();
            }
            stopped = true;
            sink.suspendWrites();
            listener.onComplete();
            return false;
        } catch (IOException e) {
            stop();
            listener.onWriteFailure(e);
            return false;
        }
    }

    private boolean awaitReadable() {
        try {
            if (!sink.flush()) {
                return awaitWritable();
            }
        } catch (IOException e) {
            stop();
            listener.onWriteFailure(e);
            return false;
        }
        sink.suspendWrites();
        source.getReadSetter().set(channel -> run());
        source.resumeReads();
        return false;
    }

    private boolean awaitWritable() {
        writeBlocked = true;
        source.suspendReads();
        sink.getWriteSetter().set(channel -> run());
        sink.resumeWrites();
        return false;
    }

    private void release() {
        pending = ByteBuffer.allocate(0);
        if (pooled != null) {
            pooled.close();
            pooled = null;
        }
    }
}
