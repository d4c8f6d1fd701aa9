package io.usageexporter.gateway;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.Options;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Notices that a client leaves while it has nothing more to send. The server itself would see it only at the next write,
 * which may be ten minutes off. For one I/O thread.
 */
final class DisconnectDetector {
    /** How long a client may read nothing of what waits for it. */
    private static final int SLOW_CLIENT_MS = 600_000;

    private final HttpServerConnection connection;
    private final Runnable left;
    private boolean over;

    private DisconnectDetector(HttpServerConnection connection, Runnable left) {
        this.connection = connection;
        this.left = left;
    }

    /**
     * Watches until the exchange is complete.
     *
     * @param exchange whose request has been read to its end
     */
    static void start(HttpServerExchange exchange, Runnable left) throws IOException {
        if (exchange.getConnection() instanceof HttpServerConnection connection && connection.getExtraBytes() == null) {
            var watch = new DisconnectDetector(connection, left);
            // A client that waits for its response, or reads it slowly, may be silent for longer than others.
            Integer readTimeout = connection.setOption(Options.READ_TIMEOUT, 0);
            Integer writeTimeout = connection.setOption(Options.WRITE_TIMEOUT, SLOW_CLIENT_MS);
            exchange.addExchangeCompleteListener((done, next) -> {
                watch.stop(readTimeout, writeTimeout);
                next.proceed();
            });
            ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
            source.setReadListener(channel -> watch.readable());
            connection.getOriginalSourceConduit().resumeReads();
        }
    }

    private void readable() {
        if (over) {
            return;
        }
        PooledByteBuffer buffer = connection.getByteBufferPool().allocate();
        boolean kept = false;
        try {
            int count = connection.getOriginalSourceConduit().read(buffer.getBuffer());
            if (count < 0) {
                leave();
            } else if (count > 0) { // its next request, ahead of time
                pause();
                buffer.getBuffer().flip();
                connection.ungetRequestBytes(buffer);
                kept = true;
            }
        } catch (IOException e) { // reset
            leave();
        } finally {
            if (!kept) {
                buffer.close();
            }
        }
    }

    private void leave() {
        pause();
        left.run();
    }

    private void pause() {
        over = true;
        connection.getOriginalSourceConduit().suspendReads();
    }

    private void stop(@Nullable Integer readTimeout, @Nullable Integer writeTimeout) {
        over = true;
        if (connection.isOpen()) {
            try {
                connection.setOption(Options.READ_TIMEOUT, readTimeout == null ? 0 : readTimeout);
                connection.setOption(Options.WRITE_TIMEOUT, writeTimeout == null ? 0 : writeTimeout);
            } catch (IOException e) { // of a socket that has just been closed
                left.run();
            }
        }
    }
}
