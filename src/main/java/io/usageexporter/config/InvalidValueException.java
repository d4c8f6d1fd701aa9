package io.usageexporter.config;

/** A value of the configuration that is not allowed. The message says what is, to follow the key. */
public final class InvalidValueException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidValueException(String message) {
        super(message);
    }
}
