package io.usageexporter.event;

/**
 * An event that cannot be recorded. The message is for the sender: it names the field, what is wrong with it, and what
 * is allowed. Carries no stack trace, since it reports on input and not on the program.
 */
public final class InvalidEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message names the field and what is allowed in it */
    public InvalidEventException(String message) {
        super(message, null, false, false);
    }
}
