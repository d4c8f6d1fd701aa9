package io.usageexporter.provider;

import io.undertow.util.HeaderMap;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Watches one call go by, and sees to it that its use is recorded. Called in the order below, by one thread. */
public abstract class ExchangeObserver {
    /** Whether the call uses what quotas limit. */
    public abstract boolean spends();

    /** In which encodings the answer may come. */
    public abstract AcceptEncodingPolicy encodings();

    /** Bytes of the request's body; not called where there is none. */
    public void request(ByteBuffer bytes) {}

    /** The head of the answer came. */
    public abstract void answered(int status, HeaderMap headers);

    /** Makes the answer's body another before it is passed on; null where none is. */
    @Nullable
    public Rewriting rewriting() {
        return null;
    }

    /** Bytes of the answer's body. */
    public abstract void answer(ByteBuffer bytes);

    /**
     * The call has ended, with or without an answer.
     *
     * @param whole whether the answer came to its own end
     */
    public abstract CallOutcome ended(boolean whole);

    /** Makes a body another. */
    public interface Rewriting {
        byte[] rewrite(byte[] body);
    }
}
