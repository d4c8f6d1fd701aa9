package io.usageexporter.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** Says what went wrong between a client and its exporter, and what to do. Never repeats what was sent or answered. */
final class ErrorMessages {
    private static final int SHOWN = 300;

    private ErrorMessages() {}

    /** No answer came. */
    static String of(IOException e) {
        if (e instanceof HttpConnectTimeoutException) {
            return "no connection in time; see whether the host and port are right";
        }
        if (e instanceof HttpTimeoutException) {
            return "no answer in time; see how the exporter is, or give a longer timeout";
        }
        if (e.getCause() instanceof UnresolvedAddressException) {
            return "the host is unknown; give the exporter's url";
        }
        if (e instanceof ConnectException) {
            return "connection refused; start the exporter, or give its url";
        }
        return "no answer (" + clean(e.toString()) + "); see whether the exporter is at this url";
    }

    /** Another answer came than the one that was asked for. */
    static String of(HttpResponse<String> answer) {
        int status = answer.statusCode();
        String advice = switch (status) {
            case 401, 403, 407 -> "give a user and password that may, as in http://user:password@host:5000";
            case 408, 429 -> "try again later";
            default ->
                status >= 500
                        ? "the exporter's log says why"
                        : "see whether the exporter is at this url, which is to be given without /api/usage";
        };
        return "answered with status " + status + "; " + advice;
    }

    /** A text of others, fit for a log: short and on one line. */
    static String clean(String text) {
        String line = text.replaceAll("\\p{C}+", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }
}
