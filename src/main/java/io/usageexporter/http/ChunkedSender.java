package io.usageexporter.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sends a body piece by piece. Of what it was last given to send the server holds on to the first buffer, and the JDK to
 * a copy outside of the heap, each as long as a thread has nothing else to do; so they are given small ones.
 */
final class ChunkedSender implements IoCallback {
    private static final int PIECE_BYTES = 64 * 1024;

    private byte[] body;
    private int sent;

    private ChunkedSender(byte[] body) {
        this.body = body;
    }

    /** Ends the exchange with this body. */
    static void send(Sender sender, HttpServerExchange exchange, byte[] body) {
        exchange.setResponseContentLength(body.length);
        var all = new ChunkedSender(body);
        all.onComplete(exchange, sender);
    }

    @Override
    public void onComplete(HttpServerExchange exchange, Sender sender) {
        if (sent == body.length) {
            body = new byte[0];
            sent = 0;
            END_EXCHANGE.onComplete(exchange, sender);
            return;
        }
        byte[] piece = Arrays.copyOfRange(body, sent, Math.min(sent + PIECE_BYTES, body.length));
        sent += piece.length;
        sender.send(ByteBuffer.wrap(piece), this);
    }

    @Override
    public void onException(HttpServerExchange exchange, Sender sender, IOException exception) {
        END_EXCHANGE.onException(exchange, sender, exception);
    }
}
