package io.usageexporter.outgoing;

import java.io.IOException;

/** A proxy cannot be used. The message says which and why, without credentials. */
public final class OutgoingProxyException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message such as {@code the proxy p:3128 refused the connection (403)} */
    public OutgoingProxyException(String message) {
        super(message);
    }

    /** A proxy that responded with an error in place of a provider. */
    public static OutgoingProxyException refused(OutgoingProxy proxy, int status) {
        return new OutgoingProxyException("the proxy " + proxy + " refused the connection (" + status
                + (status == 407 ? ", which asks for credentials, or for others" : "") + ")");
    }
}
