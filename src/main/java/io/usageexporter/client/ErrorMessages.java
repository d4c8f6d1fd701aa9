package io.usageexporter.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** Describes failures between client and exporter, and the remedy. Never includes request or response bodies. */
final class ErrorMessages {
    private static final int MAX_LENGTH = 300;

    private ErrorMessages() {}

    /** There was no response. */
    static String of(IOException e) {
        if (e instanceof HttpConnectTimeoutException) {
            return "connection timed out; check host and port";
        }
        if (e instanceof HttpTimeoutException) {
            return "no response in time; check the exporter, or set a longer timeout";
        }
        if (e.getCause() instanceof UnresolvedAddressException) {
            return "unknown host; check the exporter's url";
        }
        if (e instanceof ConnectException) {
            return "connection refused; start the exporter, or check its url";
        }
        return "no response (" + clean(e.toString()) + "); check that the exporter is at this url";
    }

    /** The response was not the expected one. */
    static String of(HttpResponse<String> response) {
        int status = response.statusCode();
        String advice = switch (status) {
            case 401, 403, 407 -> "use valid credentials, as in http://user:password@host:5000";
            case 408, 429 -> "try again later";
            default ->
                status >= 500
                        ? "see the exporter's log"
                        : "check that the exporter is at this url, which must not include /api/usage";
        };
        return "responded with status " + status + "; " + advice;
    }

    /** Foreign text made safe for a log: short, and on one line. */
    static String clean(String text) {
        String line = text.replaceAll("\\p{C}+", " ");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
    }
}
