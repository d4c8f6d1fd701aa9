package io.usageexporter.http;

import io.undertow.util.StatusCodes;
import io.usageexporter.provider.wire.HttpSyntax;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The request line.
 *
 * @param text all of it
 * @param target the original target, one character per byte
 * @param version such as {@code HTTP/1.1}
 */
record RequestLine(String text, String method, String target, String version) {
    private static final int MAX_METHOD = 32;

    /** Maximum number of parameters in path and query, which the server parses into a map; not for the gateway. */
    static final int MAX_PARAMETERS = 1000;

    private static final Pattern VERSION = Pattern.compile("HTTP/\\d\\.\\d");
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://[^/?#]+([/?].*)?");

    /** Passed to the server for all targets of the gateway. */
    private static final String GATEWAY = "/gateway/";

    /** @param line without its line end, one character per byte */
    static RequestLine of(String line) throws RefusedHeadException {
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first <= 0 || first == last) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST,
                    "the request line must be a method, a target and HTTP/1.1, separated by single spaces; a space in a"
                            + " target must be written as %20");
        }
        return new RequestLine(
                line, line.substring(0, first), line.substring(first + 1, last), line.substring(last + 1));
    }

    /** Whether a request line may begin with this byte. */
    static boolean mayBegin(byte octet) {
        return HttpSyntax.isToken(octet);
    }

    /** Rejects what is not HTTP/1.1, or cannot be forwarded. */
    void check() throws RefusedHeadException {
        if (!HttpSyntax.isToken(method) || method.length() > MAX_METHOD) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST, "a method must be at most " + MAX_METHOD + " letters, digits and signs");
        }
        if (!version.equals("HTTP/1.1") && !VERSION.matcher(version).matches()) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST,
                    "the request line must end in HTTP/1.1; a space in a target must be written as %20");
        }
        if (!version.startsWith("HTTP/1.")) {
            throw new RefusedHeadException(
                    StatusCodes.HTTP_VERSION_NOT_SUPPORTED, "only HTTP/1.1 and HTTP/1.0 are supported");
        }
        if (HttpSyntax.hasControlCharacters(target) || target.indexOf(' ') >= 0 || target.indexOf('\t') >= 0) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST,
                    "spaces and control characters in a target must be percent-encoded, such as %20");
        }
        boolean ofServer = target.equals("*") && method.equals("OPTIONS");
        if (!target.startsWith("/") && !ofServer && !ABSOLUTE.matcher(target).matches()) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST, "a target must begin with a slash, or with http:// and a host");
        }
    }

    /** Path and query, without the scheme and host of an absolute target. */
    private String local() {
        if (target.startsWith("/")) {
            return target;
        }
        Matcher absolute = ABSOLUTE.matcher(target);
        if (!absolute.matches()) {
            return target;
        }
        String below = absolute.group(1);
        return below == null ? "/" : below.startsWith("?") ? "/" + below : below;
    }

    /** The target, with all characters percent-encoded that the server does not accept. */
    String targetForServer() throws RefusedHeadException {
        String local = local();
        if (local.startsWith(GATEWAY)) {
            return GATEWAY;
        }
        if (local.length() > MAX_PARAMETERS
                && local.chars().filter(octet -> octet == '&' || octet == ';').count() >= MAX_PARAMETERS) {
            throw new RefusedHeadException(
                    StatusCodes.BAD_REQUEST, "a target may have at most " + MAX_PARAMETERS + " parameters");
        }
        if (isPlain(local)) {
            return local;
        }
        var encoded = new StringBuilder(local.length());
        for (int i = 0; i < local.length(); i++) {
            char octet = local.charAt(i);
            if (isPlain(octet) || isEncoded(local, i)) {
                encoded.append(octet);
            } else {
                encoded.append('%').append(String.format("%02X", (int) octet));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(char octet) {
        return (octet >= 'a' && octet <= 'z')
                || (octet >= 'A' && octet <= 'Z')
                || (octet >= '0' && octet <= '9')
                || "/?-._~!$&'()*+,;=:@".indexOf(octet) >= 0;
    }

    private static boolean isEncoded(String text, int at) {
        return text.charAt(at) == '%'
                && at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0;
    }
}
