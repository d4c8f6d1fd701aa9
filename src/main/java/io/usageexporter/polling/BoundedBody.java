package io.usageexporter.polling;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Takes a response's body, up to a size, so that no response fills the memory. */
final class BoundedBody implements BodySubscriber<byte[]> {
    private final long max;
    private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
    private @Nullable Subscription subscription;
    private long size;

    BoundedBody(long max) {
        this.max = max;
    }

    /** The body was larger than allowed. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public void onSubscribe(Subscription toAnswer) {
        subscription = toAnswer;
        bytes.onSubscribe(toAnswer);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        boolean within = size <= max;
        for (ByteBuffer buffer : buffers) {
            size += buffer.remaining();
        }
        if (size <= max) {
            bytes.onNext(buffers);
        } else if (within && subscription != null) {
            subscription.cancel();
            bytes.onError(new TooLargeException());
        }
    }

    @Override
    public void onError(Throwable error) {
        bytes.onError(error);
    }

    @Override
    public void onComplete() {
        bytes.onComplete();
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return bytes.getBody();
    }
}
