package io.usageexporter.gateway;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of a response.
 *
 * @param http11 whether it is of HTTP/1.1, not 1.0
 * @param reason may be empty
 * @param headers each byte of a value is a character
 */
record ResponseHead(boolean http11, int status, String reason, HeaderMap headers) {
    private static final int MAX_LENGTH_DIGITS = 18;

    /** Whether the final response is still to come (RFC 9110, section 15.2). */
    boolean isInformational() {
        return status < StatusCodes.OK;
    }

    /** Whether the provider keeps the connection open. One of HTTP/1.0 is not relied on. */
    boolean isPersistent() {
        return http11 && !tokens(Headers.CONNECTION).contains("close");
    }

    /**
     * How the end of the body is found (RFC 9112, section 6.3).
     *
     * @throws MalformedResponseException when that is not certain, so that one response could be taken for another
     */
    BodyFraming framing(HttpString requestMethod) throws MalformedResponseException {
        Long length = contentLength();
        List<String> codings = tokens(Headers.TRANSFER_ENCODING);
        if (!codings.isEmpty() && (!http11 || !codings.equals(List.of("chunked")))) {
            throw new MalformedResponseException("an unknown Transfer-Encoding");
        }
        if (requestMethod.equals(Methods.HEAD)
                || status == StatusCodes.NO_CONTENT
                || status == StatusCodes.NOT_MODIFIED) {
            boolean announcesBody = !codings.isEmpty() || (length != null && length > 0);
            return announcesBody ? BodyFraming.NONE_DESPITE_LENGTH : BodyFraming.fixed(0);
        }
        if (!codings.isEmpty()) {
            return length == null ? BodyFraming.CHUNKED : BodyFraming.CHUNKED_DESPITE_LENGTH;
        }
        return length == null ? BodyFraming.UNTIL_CLOSE : BodyFraming.fixed(length);
    }

    /** Several equal ones count as one, and are forwarded as one. */
    private @Nullable Long contentLength() throws MalformedResponseException {
        List<String> lengths = tokens(Headers.CONTENT_LENGTH);
        if (lengths.isEmpty()) {
            return null;
        }
        String length = lengths.get(0);
        if (!isNumber(length)
                || Collections.frequency(lengths, length) < lengths.size()
                || length.length() > MAX_LENGTH_DIGITS) {
            throw new MalformedResponseException("a Content-Length that is no length");
        }
        headers.put(Headers.CONTENT_LENGTH, length);
        return Long.valueOf(length);
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The elements of a list, in lower case. */
    private List<String> tokens(HttpString name) {
        HeaderValues values = headers.get(name);
        if (values == null) {
            return List.of();
        }
        var tokens = new ArrayList<String>();
        for (String value : values) {
            for (String token : value.split(",", -1)) {
                tokens.add(token.strip().toLowerCase(Locale.ROOT));
            }
        }
        return tokens;
    }
}
