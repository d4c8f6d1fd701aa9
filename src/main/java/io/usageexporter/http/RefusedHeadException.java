package io.usageexporter.http;

/** The head of a request is invalid. The message says what is wrong and what is allowed. */
final class RefusedHeadException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param status of the response */
    RefusedHeadException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
