package io.usageexporter.httpclient;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** Why a request got no usable response. */
public enum RequestFailure {
    CONNECT_TIMEOUT,
    TIMEOUT,
    UNKNOWN_HOST,
    CONNECTION_REFUSED,
    TLS,
    TOO_LARGE,
    /** The client was closed. */
    CANCELED,
    OTHER;

    /** Classifies what {@link BoundedHttpClient} throws. */
    public static RequestFailure of(IOException e) {
        if (e instanceof HttpConnectTimeoutException) {
            return CONNECT_TIMEOUT;
        }
        if (e instanceof HttpTimeoutException) {
            return TIMEOUT;
        }
        if (e.getCause() instanceof UnresolvedAddressException) {
            return UNKNOWN_HOST;
        }
        if (e instanceof ConnectException) {
            return CONNECTION_REFUSED;
        }
        if (e instanceof SSLException) {
            return TLS;
        }
        if (e instanceof ResponseTooLargeException) {
            return TOO_LARGE;
        }
        return e instanceof BoundedHttpClient.CanceledException ? CANCELED : OTHER;
    }
}
