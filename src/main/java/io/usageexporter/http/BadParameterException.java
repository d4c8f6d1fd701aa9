package io.usageexporter.http;

/** A query parameter is invalid. The message names it and says what is allowed; it becomes a 400. */
final class BadParameterException extends Exception {
    private static final long serialVersionUID = 1L;

    BadParameterException(String message) {
        super(message);
    }
}
