package io.usageexporter.gateway;

import io.undertow.server.HttpServerExchange;
import io.usageexporter.provider.ExchangeObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;

/** Forwards and observes the body of one request, if it has one. For the I/O thread of its call. */
final class RequestRelay implements ChannelRelay.Listener {
    private final HttpServerExchange exchange;
    private final ExchangeObserver observer;
    private final RelayListener listener;
    private final boolean hasBody;
    private @Nullable ChannelRelay relay;
    private @Nullable ProviderConnection connection;
    private boolean read;
    private boolean sent;

    RequestRelay(HttpServerExchange exchange, ExchangeObserver observer, RelayListener listener) {
        this.exchange = exchange;
        this.observer = observer;
        this.listener = listener;
        this.hasBody = !exchange.isRequestComplete();
        this.read = !hasBody;
        this.sent = !hasBody;
    }

    /** Forwards the body; the head has been sent. */
    void start(StreamSinkChannel body, ProviderConnection to) {
        if (hasBody) {
            connection = to;
            relay = new ChannelRelay(
                    exchange.getRequestChannel(), body, exchange.getConnection().getByteBufferPool(), this);
            relay.start(ByteBuffer.allocate(0));
        }
    }

    boolean hasBody() {
        return hasBody;
    }

    /** Whether the body was read to its end. */
    boolean isRead() {
        return read;
    }

    /** Whether the client has yet to send the next bytes. */
    boolean waitsForClient() {
        return relay != null && !sent && !relay.writeBlocked();
    }

    void stop() {
        if (relay != null) {
            relay.stop();
        }
    }

    @Override
    public void onRead(ByteBuffer bytes) {
        observer.onRequestBody(bytes);
    }

    @Override
    public void onWritten() {
        listener.onProviderActivity();
    }

    @Override
    public void onSourceEnd() {
        read = true;
    }

    @Override
    public void onComplete() {
        sent = true;
    }

    @Override
    public void onReadFailure(IOException e) {
        listener.onClientFailure();
    }

    /** A provider that has responded may stop reading; that is no failure. */
    @Override
    public void onWriteFailure(IOException e) {
        if (connection == null || !connection.isOpen()) {
            listener.onProviderFailure();
        }
    }
}
