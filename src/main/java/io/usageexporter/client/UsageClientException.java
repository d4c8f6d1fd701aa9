package io.usageexporter.client;

import java.io.IOException;

/** The exporter could not be read. The message says of which URL, what happened, and what to do. */
public final class UsageClientException extends IOException {
    private static final long serialVersionUID = 1L;

    UsageClientException(String message) {
        super(message);
    }

    UsageClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
