package io.usageexporter.gateway;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.usageexporter.provider.ExchangeObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/** Forwards and observes one response. For the I/O thread of its call. */
final class ResponseRelay implements ChannelRelay.Listener {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final HttpServerExchange exchange;
    private final ResponseHead head;
    private final StreamSourceChannel body;
    private final ExchangeObserver observer;
    private final OverheadTimer overhead;
    private final RelayListener listener;
    private @Nullable ChannelRelay relay;

    /** @param body of the provider's response */
    ResponseRelay(
            HttpServerExchange exchange,
            ResponseHead head,
            StreamSourceChannel body,
            ExchangeObserver observer,
            OverheadTimer overhead,
            RelayListener listener) {
        this.exchange = exchange;
        this.head = head;
        this.body = body;
        this.observer = observer;
        this.overhead = overhead;
        this.listener = listener;
    }

    void start() {
        observer.onResponseHead(head.status(), new UndertowFields(head.headers()));
        exchange.setStatusCode(head.status());
        exchange.setReasonPhrase(head.reason());
        HeaderForwarding.response(head.headers(), exchange.getResponseHeaders());
        ExchangeObserver.Rewriting rewriting = observer.rewriting();
        boolean plain = !head.headers().contains(Headers.CONTENT_ENCODING);
        if (rewriting != null && plain && !exchange.getRequestMethod().equals(Methods.HEAD)) {
            rewrite(rewriting);
        } else {
            relay(NOTHING);
        }
    }

    /** Whether bytes are pending until the client reads them. */
    boolean waitsForClient() {
        return relay != null && relay.writeBlocked();
    }

    void stop() {
        if (relay != null) {
            relay.stop();
        }
    }

    private void relay(ByteBuffer readBefore) {
        relay = new ChannelRelay(
                body, exchange.getResponseChannel(), exchange.getConnection().getByteBufferPool(), this);
        relay.start(readBefore);
    }

    @Override
    public void onRead(ByteBuffer bytes) {
        listener.onProviderActivity();
        overhead.resume();
        observer.onResponseBody(bytes);
    }

    @Override
    public void onWritten() {
        overhead.finish();
    }

    @Override
    public void onSourceEnd() {
        listener.onResponseComplete();
    }

    @Override
    public void onComplete() {
        exchange.endExchange(); // ends a request whose response came before its end
    }

    @Override
    public void onReadFailure(IOException e) {
        listener.onProviderFailure();
    }

    @Override
    public void onWriteFailure(IOException e) {
        listener.onClientFailure();
    }

    private void rewrite(ExchangeObserver.Rewriting rewriting) {
        var aggregator =
                new BodyAggregator(body, exchange.getConnection().getByteBufferPool(), new BodyAggregator.Listener() {
                    @Override
                    public void onBody(byte[] response) {
                        listener.onResponseComplete();
                        byte[] rewritten = rewriting.rewrite(response);
                        exchange.setResponseContentLength(rewritten.length);
                        exchange.getResponseSender().send(ByteBuffer.wrap(rewritten));
                    }

                    @Override
                    public void onTooLong(byte[] begin) {
                        relay(ByteBuffer.wrap(begin));
                    }

                    @Override
                    public void onReadFailure(IOException e) {
                        listener.onProviderFailure();
                    }
                });
        aggregator.start();
    }
}
