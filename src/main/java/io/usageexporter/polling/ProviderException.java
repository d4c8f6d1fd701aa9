package io.usageexporter.polling;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A provider's API gave no usable response. The message is fit for a log: it names method and path, and repeats neither
 * headers nor query nor the response. Carries no stack trace, since it reports on the provider and not on the
 * program.
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
     * Another status than success came.
     *
     * @param retryAfter that the provider asked for, or null
     */
    public static ProviderException answered(String path, int status, @Nullable Duration retryAfter) {
        String advice = switch (status) {
            case UNAUTHORIZED, FORBIDDEN -> "; see whether the key is right and may read this";
            default -> "";
        };
        return new ProviderException(
                "GET " + path + " was answered with status " + status + advice, status, retryAfter);
    }

    /** No response, or none that can be read. */
    public static ProviderException failed(String path, String why) {
        return new ProviderException("GET " + path + ": " + why, 0, null);
    }

    /** The HTTP status, if it is not one of success; absent when the trouble was another. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** Whether what was asked for is not there. */
    public boolean isNotFound() {
        return status == NOT_FOUND || status == GONE;
    }

    /** Whether the credential was refused. */
    public boolean isRefused() {
        return status == UNAUTHORIZED || status == FORBIDDEN;
    }

    /** How long the provider asked to be left alone, or null. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
