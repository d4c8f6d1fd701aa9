package io.usageexporter.client;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Takes an answer as UTF-8 text, up to a size: whatever the URL leads to must not fill the application's memory. */
final class BoundedBody implements BodySubscriber<String> {
    private static final int MAX_BYTES = 16 << 20;

    private final BodySubscriber<String> text = BodySubscribers.ofString(StandardCharsets.UTF_8);
    private @Nullable Subscription subscription;
    private long bytes;

    @Override
    public void onSubscribe(Subscription toAnswer) {
        subscription = toAnswer;
        text.onSubscribe(toAnswer);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        boolean within = bytes <= MAX_BYTES;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        if (bytes <= MAX_BYTES) {
            text.onNext(buffers);
        } else if (within && subscription != null) {
            subscription.cancel();
            text.onError(new IOException("the answer is larger than 16 MiB"));
        }
    }

    @Override
    public void onError(Throwable error) {
        text.onError(error);
    }

    @Override
    public void onComplete() {
        text.onComplete();
    }

    @Override
    public CompletionStage<String> getBody() {
        return text.getBody();
    }
}
