package io.usageexporter.provider;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Observes one call as it passes through and records its usage. Called in the order below, by one thread. */
public interface ExchangeObserver {
    /** Whether the call uses resources that quotas limit. */
    boolean consumesQuota();

    /** Which content encodings the response may have. */
    AcceptEncodingPolicy acceptEncoding();

    /** Bytes of the request body, if there is one. */
    default void onRequestBody(ByteBuffer bytes) {}

    /** The head of the response. */
    void onResponseHead(int status, HttpFields headers);

    /** Rewrites the response body before it is forwarded; null to forward it unchanged. */
    default @Nullable Rewriting rewriting() {
        return null;
    }

    /** Bytes of the response body. */
    void onResponseBody(ByteBuffer bytes);

    /**
     * The call has ended, with or without a response.
     *
     * @param complete whether the response was received completely
     */
    CallOutcome onComplete(boolean complete);

    /** Rewrites a body. */
    interface Rewriting {
        byte[] rewrite(byte[] body);
    }
}
