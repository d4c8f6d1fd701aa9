package io.usageexporter.polling;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A provider's API gave no usable response. The message is safe to log: it names method and path, and contains no header,
 * query or response body. There is no stack trace, since the fault is not in this program.
 */
public final class ProviderException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;

    private final int status;
    private final @Nullable Duration retryAfter;

    private ProviderException(String message, int status, @Nullable Duration retryAfter) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /**
     * The response was not a success.
     *
     * @param retryAfter the delay that the provider asked for, or null
     */
    public static ProviderException unsuccessful(String path, int status, @Nullable Duration retryAfter) {
        String advice = switch (status) {
            case UNAUTHORIZED, FORBIDDEN -> "; check that the key is valid and may read this";
            default -> "";
        };
        return new ProviderException("GET " + path + " returned status " + status + advice, status, retryAfter);
    }

    /** There was no response, or it is unreadable. */
    public static ProviderException failed(String path, String why) {
        return new ProviderException("GET " + path + ": " + why, 0, null);
    }

    /** The HTTP status of an unsuccessful response; absent for other failures. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** Whether the resource does not exist. */
    public boolean isNotFound() {
        return status == NOT_FOUND || status == GONE;
    }

    /** Whether the credential was refused. */
    public boolean isRefused() {
        return status == UNAUTHORIZED || status == FORBIDDEN;
    }

    /** The delay that the provider asked for, or null. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
