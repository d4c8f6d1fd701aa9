package io.usageexporter.client;

import java.io.IOException;

/** Reading from the exporter failed. The message gives the URL, what happened, and what to do. */
public final class UsageClientException extends IOException {
    private static final long serialVersionUID = 1L;

    UsageClientException(String message) {
        super(message);
    }

    UsageClientException(String message, Throwable cause) {
        super(message, cause);
    }
}
