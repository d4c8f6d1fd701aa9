package io.usageexporter.gateway;

import io.undertow.server.HttpServerExchange;
import io.usageexporter.provider.ExchangeObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;

/** Forwards the body of one request, if it has one, and has it observed. For the I/O thread of its call. */
final class RequestRelay implements ChannelRelay.Owner {
    private final HttpServerExchange exchange;
    private final ExchangeObserver observer;
    private final Owner owner;
    private final boolean hasBody;
    private @Nullable ChannelRelay pump;
    private @Nullable ProviderConnection connection;
    private boolean read;
    private boolean sent;

    /** What the call hears of. */
    interface Owner {
        /** The provider took something. */
        void heard();

        /** The provider broke off. */
        void providerFailed();

        /** The client broke off. */
        void clientFailed();
    }

    RequestRelay(HttpServerExchange exchange, ExchangeObserver observer, Owner owner) {
        this.exchange = exchange;
        this.observer = observer;
        this.owner = owner;
        this.hasBody = !exchange.isRequestComplete();
        this.read = !hasBody;
        this.sent = !hasBody;
    }

    /** Passes the body on, now that the head is. */
    void start(StreamSinkChannel body, ProviderConnection to) {
        if (hasBody) {
            connection = to;
            pump = new ChannelRelay(
                    exchange.getRequestChannel(), body, exchange.getConnection().getByteBufferPool(), this);
            pump.start(ByteBuffer.allocate(0));
        }
    }

    boolean hasBody() {
        return hasBody;
    }

    /** Whether all of it came. */
    boolean isRead() {
        return read;
    }

    /** Whether all of it was forwarded. */
    boolean isSent() {
        return sent;
    }

    /** Whether more of it is waited for. */
    boolean waitsForClient() {
        return pump != null && !sent && !pump.waitsForRoom();
    }

    void stop() {
        if (pump != null) {
            pump.stop();
        }
    }

    @Override
    public void passing(ByteBuffer bytes) {
        observer.onRequestBody(bytes);
    }

    @Override
    public void passed() {
        owner.heard();
    }

    @Override
    public void sourceEnded() {
        read = true;
    }

    @Override
    public void done() {
        sent = true;
    }

    @Override
    public void readFailed(IOException e) {
        owner.clientFailed();
    }

    /** The provider may have responded before it stopped reading; that it reads no more is then no failure. */
    @Override
    public void writeFailed(IOException e) {
        if (connection == null || !connection.isOpen()) {
            owner.providerFailed();
        }
    }
}
