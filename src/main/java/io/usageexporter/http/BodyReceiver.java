package io.usageexporter.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads a body on the I/O thread without blocking. (Undertow's own receiver copies byte by byte, which is measurable with
 * large batches.) Memory grows with the bytes received, not with the announced length.
 */
final class BodyReceiver implements ChannelListener<StreamSourceChannel> {
    private static final int FIRST_BYTES = 1024;

    private final HttpServerExchange exchange;
    private final int max;
    private final BodyMemory.Claim claim;
    private final BodyPace pace;
    private final Receiver receiver;
    private final long start = System.nanoTime();
    private byte[] body = new byte[0];
    private int size;
    private XnioExecutor.@Nullable Key timer;

    /** Why a body was not received. */
    enum Failure {
        TOO_LARGE,
        NO_MEMORY,
        /** Too many incomplete bodies. */
        NO_MEMORY_TO_WAIT,
        TOO_SLOW,
        /** The connection closed, or the data was not valid HTTP. */
        INCOMPLETE
    }

    /** Receives the outcome, once, on the I/O thread. */
    interface Receiver {
        void received(byte[] body);

        void failed(Failure why);
    }

    /**
     * Used on the I/O thread, for a dispatched exchange.
     *
     * @param max the maximum number of bytes
     */
    BodyReceiver(HttpServerExchange exchange, int max, BodyMemory.Claim claim, BodyPace pace, Receiver receiver) {
        this.exchange = exchange;
        this.max = max;
        this.claim = claim;
        this.pace = pace;
        this.receiver = receiver;
    }

    /** Starts reading. */
    void start() {
        StreamSourceChannel channel = exchange.getRequestChannel();
        channel.getReadSetter().set(this);
        handleEvent(channel);
    }

    @Override
    public void handleEvent(StreamSourceChannel channel) {
        try (PooledByteBuffer pooled =
                exchange.getConnection().getByteBufferPool().allocate()) {
            while (true) {
                ByteBuffer buffer = pooled.getBuffer();
                buffer.clear();
                int read = channel.read(buffer);
                if (read == 0) {
                    await(channel);
                    return;
                }
                if (read < 0) {
                    stop(channel);
                    receiver.received(body.length == size ? body : Arrays.copyOf(body, size));
                    return;
                }
                if (size + read > max) {
                    fail(channel, Failure.TOO_LARGE);
                    return;
                }
                if (!makeRoom(size + read)) {
                    fail(channel, Failure.NO_MEMORY);
                    return;
                }
                buffer.flip();
                buffer.get(body, size, read);
                size += read;
            }
        } catch (IOException e) {
            fail(channel, Failure.INCOMPLETE);
        }
    }

    private void await(StreamSourceChannel channel) {
        if (!claim.await(body.length)) {
            fail(channel, Failure.NO_MEMORY_TO_WAIT);
            return;
        }
        channel.resumeReads();
        if (timer == null) {
            checkPace(channel);
        }
    }

    /** Fails a body that is too slow; otherwise checks again when it would be. */
    private void checkPace(StreamSourceChannel channel) {
        long left = pace.limitNanos(size) - (System.nanoTime() - start);
        if (left <= 0) {
            fail(channel, Failure.TOO_SLOW);
        } else {
            timer = exchange.getIoThread()
                    .executeAfter(() -> checkPace(channel), left / 1_000_000 + 1, TimeUnit.MILLISECONDS);
        }
    }

    private boolean makeRoom(int needed) {
        if (needed > body.length) {
            int capacity = capacity(needed);
            if (!claim.resize(capacity)) {
                return false;
            }
            body = Arrays.copyOf(body, capacity);
        }
        return true;
    }

    /** Doubles the capacity up to the announced length, and beyond it only as needed. */
    private int capacity(int needed) {
        long announced = exchange.getRequestContentLength();
        int limit = announced >= needed && announced <= max ? (int) announced : max;
        return Math.min(limit, Math.max(Math.max(needed, FIRST_BYTES), 2 * body.length));
    }

    private void fail(StreamSourceChannel channel, Failure why) {
        stop(channel);
        body = new byte[0];
        receiver.failed(why);
    }

    private void stop(StreamSourceChannel channel) {
        if (timer != null) {
            timer.remove();
        }
        channel.suspendReads();
        channel.getReadSetter().set(null);
    }
}
