package io.usageexporter.client;

import io.usageexporter.httpclient.RequestFailure;
import java.io.IOException;
import java.net.http.HttpResponse;

/** Describes failures between client and exporter, and the remedy. Never includes request or response bodies. */
final class ErrorMessages {
    private static final int MAX_LENGTH = 300;

    private ErrorMessages() {}

    /** There was no response. */
    static String of(IOException e) {
        return switch (RequestFailure.of(e)) {
            case CONNECT_TIMEOUT -> "connection timed out; check host and port";
            case TIMEOUT -> "no response in time; check the exporter, or set a longer timeout";
            case UNKNOWN_HOST -> "unknown host; check the exporter's url";
            case CONNECTION_REFUSED -> "connection refused; start the exporter, or check its url";
            case TLS -> "TLS handshake failed; check the exporter's url and certificate";
            case TOO_LARGE -> "the response is larger than 16 MiB; check that the exporter is at this url";
            case CANCELED, OTHER -> "no response (" + clean(e.toString()) + "); check that the exporter is at this url";
        };
    }

    /** The response was not the expected one. */
    static String of(HttpResponse<String> response) {
        int status = response.statusCode();
        String advice = switch (status) {
            case 401, 407 -> "give it a token, or user and password, as in http://user:password@host:5000";
            case 403 -> "its token may not do this; give it one with the right scope";
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
