package io.usageexporter.provider;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Observes one call as it passes, and has its usage recorded. Called in the order below, by one thread. */
public interface ExchangeObserver {
    /** Whether the call uses what quotas limit. */
    boolean consumesQuota();

    /** In which encodings the response may come. */
    AcceptEncodingPolicy acceptEncoding();

    /** Bytes of the request's body; not called where there is none. */
    default void onRequestBody(ByteBuffer bytes) {}

    /** The head of the response. */
    void onResponseHead(int status, HttpFields headers);

    /** Rewrites the response's body before it is forwarded; null where it is forwarded as it is. */
    default @Nullable Rewriting rewriting() {
        return null;
    }

    /** Bytes of the response's body. */
    void onResponseBody(ByteBuffer bytes);

    /**
     * The call has ended, with or without a response.
     *
     * @param complete whether the response came to its own end
     */
    CallOutcome onComplete(boolean complete);

    /** Rewrites a body. */
    interface Rewriting {
        byte[] rewrite(byte[] body);
    }
}
