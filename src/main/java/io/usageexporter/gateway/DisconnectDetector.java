package io.usageexporter.gateway;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.Options;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Notices that a client disconnects while its response is awaited. The server itself would notice only at the next write,
 * which may be ten minutes away. For one I/O thread.
 */
final class DisconnectDetector {
    /** How long a client may read nothing of a pending response. */
    private static final int SLOW_CLIENT_MS = 600_000;

    private final HttpServerConnection connection;
    private final Runnable onDisconnect;
    private boolean stopped;

    private DisconnectDetector(HttpServerConnection connection, Runnable onDisconnect) {
        this.connection = connection;
        this.onDisconnect = onDisconnect;
    }

    /**
     * Watches until the exchange is complete.
     *
     * @param exchange whose request has been read to its end
     */
    static void start(HttpServerExchange exchange, Runnable onDisconnect) throws IOException {
        if (exchange.getConnection() instanceof HttpServerConnection connection && connection.getExtraBytes() == null) {
            var watch = new DisconnectDetector(connection, onDisconnect);
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
        if (stopped) {
            return;
        }
        PooledByteBuffer buffer = connection.getByteBufferPool().allocate();
        boolean kept = false;
        try {
            int count = connection.getOriginalSourceConduit().read(buffer.getBuffer());
            if (count < 0) {
                disconnected();
            } else if (count > 0) { // a pipelined request
                pause();
                buffer.getBuffer().flip();
                connection.ungetRequestBytes(buffer);
                kept = true;
            }
        } catch (IOException e) { // reset
            disconnected();
        } finally {
            if (!kept) {
                buffer.close();
            }
        }
    }

    private void disconnected() {
        pause();
        onDisconnect.run();
    }

    private void pause() {
        stopped = true;
        connection.getOriginalSourceConduit().suspendReads();
    }

    private void stop(@Nullable Integer readTimeout, @Nullable Integer writeTimeout) {
        stopped = true;
        if (connection.isOpen()) {
            try {
                connection.setOption(Options.READ_TIMEOUT, readTimeout == null ? 0 : readTimeout);
                connection.setOption(Options.WRITE_TIMEOUT, writeTimeout == null ? 0 : writeTimeout);
            } catch (IOException e) { // of a socket that has just been closed
                onDisconnect.run();
            }
        }
    }
}
