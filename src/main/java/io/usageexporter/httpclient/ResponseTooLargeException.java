package io.usageexporter.httpclient;

import java.io.IOException;

/** A response body is larger than allowed. */
final class ResponseTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    ResponseTooLargeException(int maxBytes) {
        super("the response exceeds " + maxBytes + " bytes");
    }
}
