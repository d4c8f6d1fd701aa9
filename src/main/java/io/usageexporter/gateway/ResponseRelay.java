package io.usageexporter.gateway;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.usageexporter.provider.ExchangeObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/** Forwards one response, and has it observed. For the I/O thread of its call. */
final class ResponseRelay implements ChannelRelay.Owner {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final HttpServerExchange exchange;
    private final ResponseHead head;
    private final StreamSourceChannel body;
    private final ExchangeObserver observer;
    private final OverheadTimer overhead;
    private final Owner owner;
    private @Nullable ChannelRelay pump;

    /** What the call hears of. */
    interface Owner {
        /** The provider sent something. */
        void heard();

        /** The provider's response is complete; the client may still have to read it. */
        void ended();

        /** The provider broke off. */
        void providerFailed();

        /** The client broke off. */
        void clientFailed();
    }

    /** @param body of the provider's response */
    ResponseRelay(
            HttpServerExchange exchange,
            ResponseHead head,
            StreamSourceChannel body,
            ExchangeObserver observer,
            OverheadTimer overhead,
            Owner owner) {
        this.exchange = exchange;
        this.head = head;
        this.body = body;
        this.observer = observer;
        this.overhead = overhead;
        this.owner = owner;
    }

    void start() {
        observer.onResponseHead(head.status(), new UndertowFields(head.headers()));
        exchange.setStatusCode(head.status());
        exchange.setReasonPhrase(head.reason());
        HeaderForwarding.answer(head.headers(), exchange.getResponseHeaders());
        ExchangeObserver.Rewriting rewriting = observer.rewriting();
        boolean plain = !head.headers().contains(Headers.CONTENT_ENCODING);
        if (rewriting != null && plain && !exchange.getRequestMethod().equals(Methods.HEAD)) {
            rewrite(rewriting);
        } else {
            pump(NOTHING);
        }
    }

    /** Whether bytes wait here until the client takes them. */
    boolean waitsForClient() {
        return pump != null && pump.waitsForRoom();
    }

    void stop() {
        if (pump != null) {
            pump.stop();
        }
    }

    private void pump(ByteBuffer readBefore) {
        pump = new ChannelRelay(
                body, exchange.getResponseChannel(), exchange.getConnection().getByteBufferPool(), this);
        pump.start(readBefore);
    }

    @Override
    public void passing(ByteBuffer bytes) {
        owner.heard();
        overhead.resume();
        observer.onResponseBody(bytes);
    }

    @Override
    public void passed() {
        overhead.finish();
    }

    @Override
    public void sourceEnded() {
        owner.ended();
    }

    @Override
    public void done() {
        exchange.endExchange(); // for the remainder of a request that got its response before its end
    }

    @Override
    public void readFailed(IOException e) {
        owner.providerFailed();
    }

    @Override
    public void writeFailed(IOException e) {
        owner.clientFailed();
    }

    private void rewrite(ExchangeObserver.Rewriting rewriting) {
        var collector =
                new BodyAggregator(body, exchange.getConnection().getByteBufferPool(), new BodyAggregator.Owner() {
                    @Override
                    public void whole(byte[] answer) {
                        owner.ended();
                        byte[] other = rewriting.rewrite(answer);
                        exchange.setResponseContentLength(other.length);
                        exchange.getResponseSender().send(ByteBuffer.wrap(other));
                    }

                    @Override
                    public void tooLong(byte[] begin) {
                        pump(ByteBuffer.wrap(begin));
                    }

                    @Override
                    public void readFailed(IOException e) {
                        owner.providerFailed();
                    }
                });
        collector.start();
    }
}
