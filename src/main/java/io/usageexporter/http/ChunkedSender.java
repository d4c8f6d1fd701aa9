package io.usageexporter.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sends a body in small chunks: an idle thread retains the last buffer that it was given, and the JDK an off-heap copy of
 * it, so the buffers must be small.
 */
final class ChunkedSender implements IoCallback {
    private static final int CHUNK_BYTES = 64 * 1024;

    private byte[] body;
    private int sent;

    private ChunkedSender(byte[] body) {
        this.body = body;
    }

    /** Sends the body and ends the exchange. */
    static void send(Sender sender, HttpServerExchange exchange, byte[] body) {
        exchange.setResponseContentLength(body.length);
        new ChunkedSender(body).onComplete(exchange, sender);
    }

    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
        if (sent == body.length) {
            body = new byte[0];
            sent = 0;
            END_EXCHANGE.onComplete(exchange, sender);
            return;
        }
        byte[] chunk = Arrays.copyOfRange(body, sent, Math.min(sent + CHUNK_BYTES, body.length));
        sent += chunk.length;
        sender.send(ByteBuffer.wrap(chunk), this);
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
        END_EXCHANGE.onException(exchange, sender, exception);
    }
}
