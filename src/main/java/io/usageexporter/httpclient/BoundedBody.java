package io.usageexporter.httpclient;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Reads a response body of bounded size, so that no response exhausts the memory. */
final class BoundedBody<T> implements BodySubscriber<T> {
    private final BodySubscriber<T> body;
    private final int maxBytes;
    private @Nullable Subscription subscription;
    private long bytes;

    BoundedBody(BodySubscriber<T> body, int maxBytes) {
        this.body = body;
        this.maxBytes = maxBytes;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        this.subscription = subscription;
        body.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        boolean within = bytes <= maxBytes;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        if (bytes <= maxBytes) {
            body.onNext(buffers);
        } else if (within && subscription != null) {
            subscription.cancel();
            body.onError(new ResponseTooLargeException(maxBytes));
        }
    }

    @Override
    public void onError(Throwable error) {
        body.onError(error);
    }

    @Override
    public void onComplete() {
        body.onComplete();
    }

    @Override
    public CompletionStage<T> getBody() {
        return body.getBody();
    }
}
