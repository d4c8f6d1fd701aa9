package io.usageexporter.http;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.xnio.ChannelListener;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads a whole body on the I/O thread, as it arrives and without blocking. (Undertow's own receiver copies byte by
 * byte, which shows with large batches.) Memory grows with what has arrived, not with what was announced.
 */
final class BodyReceiver implements ChannelListener<StreamSourceChannel> {
    private static final int FIRST_BYTES = 4 * 1024;

    private final HttpServerExchange exchange;
    private final int max;
    private final Consumer<byte[]> received;
    private final Runnable tooLarge;
    private byte[] body;
    private int size;

    /**
     * To be used on the I/O thread, for an exchange that is dispatched.
     *
     * @param received takes the body; on the I/O thread
     * @param tooLarge called instead when more than {@code max} bytes came
     */
    BodyReceiver(HttpServerExchange exchange, int max, Consumer<byte[]> received, Runnable tooLarge) {
        this.exchange = exchange;
        this.max = max;
        this.received = received;
        this.tooLarge = tooLarge;
        this.body = new byte[FIRST_BYTES];
    }

    /** Begins to read. */
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
                    channel.resumeReads();
                    return;
                }
                if (read < 0) {
                    finish(channel, () -> received.accept(body.length == size ? body : Arrays.copyOf(body, size)));
                    return;
                }
                if (size + read > max) {
                    finish(channel, tooLarge);
                    return;
                }
                if (size + read > body.length) {
                    body = Arrays.copyOf(body, capacity(size + read));
                }
                buffer.flip();
                buffer.get(body, size, read);
                size += read;
            }
        } catch (IOException e) {
            exchange.endExchange(); // the client is gone
        }
    }

    /** Twice as much as before, but not more than was announced; a client that lies is given what it sends. */
    private int capacity(int needed) {
        long announced = exchange.getRequestContentLength();
        int most = announced >= needed && announced <= max ? (int) announced : max;
        return Math.min(most, Math.max(needed, 2 * body.length));
    }

    private static void finish(StreamSourceChannel channel, Runnable action) {
        channel.suspendReads();
        channel.getReadSetter().set(null);
        action.run();
    }
}
